package io.aquifer.wal.append;

import io.aquifer.wal.device.BlockDevice;
import java.util.ArrayDeque;

/**
 * Which of a WAL's writes count, on a device where one that fails may take along those that overlapped it, see {@link
 * BlockDevice#writesFlush}.
 *
 * <p>There, a write counts once all are over that had begun when it ended itself. One that fails is never over, so what it
 * may have taken along never counts. No write waits for one that began after its end, so that none waits forever. On any other
 * device a write counts when it is over.
 *
 * <p>Not safe for several threads.
 */
final class OverlappingWrites {

    private final boolean matter;
    private final ArrayDeque<Write> underWay = new ArrayDeque<>();
    private long begun;

    /** @param matter whether a write that fails may take others along */
    OverlappingWrites(boolean matter) {
        this.matter = matter;
    }

    /** One write, from before it is handed to the device until it has returned without an error. */
    static final class Write {
        private final long number;
        private long begunBefore = Long.MAX_VALUE;

        private Write(long number) {
            this.number = number;
        }

        private boolean isOver() {
            return begunBefore < Long.MAX_VALUE;
        }
    }

    Write begin() {
        Write write = new Write(begun++);
        if (matter) {
            underWay.addLast(write);
        }
        return write;
    }

    void end(Write write) {
        write.begunBefore = matter ? begun : 0;
        while (!underWay.isEmpty() && underWay.getFirst().isOver()) {
            underWay.removeFirst();
        }
    }

    boolean counts(Write write) {
        return write.isOver() && (underWay.isEmpty() || underWay.getFirst().number >= write.begunBefore);
    }
}
