package io.aquifer.coverage;

import java.io.IOException;

/** The bucket holds more than a collector may keep in mind. */
public final class TooMuchToCollectException extends IOException {
    private static final long serialVersionUID = 1L;

    TooMuchToCollectException(long limit) {
        super("To know what is garbage in the bucket takes more than " + (limit >> 20)
                + " MiB of memory, the part of the heap that it may have. Give the broker a larger heap, or let fewer WAL"
                + " objects be needed: smaller segment.bytes and segment.ms bring records into segments earlier");
    }
}
