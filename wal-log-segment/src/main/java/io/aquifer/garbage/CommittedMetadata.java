package io.aquifer.garbage;

import java.io.IOException;

/** How far the cluster's metadata goes. */
interface CommittedMetadata {

    /**
     * The offset behind all metadata records that are committed now, as the active controller says.
     *
     * @throws IOException if it doesn't say
     */
    long end() throws IOException;
}
