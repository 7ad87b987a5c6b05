package io.aquifer.rebuild;

import java.io.IOException;
import java.util.OptionalLong;

/** The segments of a partition that the bucket has. */
interface StoredSegments {

    /** The offset behind the last segment, or nothing when there is none. */
    OptionalLong end();

    /** Largest timestamp of the last segment in ms, or nothing when there is none. */
    OptionalLong lastTimestamp() throws IOException;
}
