package io.aquifer.controller;

import java.io.IOException;

/** How far the cluster's metadata goes. */
public interface CommittedMetadata {

    /**
     * The offset behind all metadata records that are committed now, as the active controller says.
     *
     * @throws IOException if it doesn't say
     */
    long end() throws IOException;
}
