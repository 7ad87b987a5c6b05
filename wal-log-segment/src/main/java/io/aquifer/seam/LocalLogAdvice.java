package io.aquifer.seam;

import net.bytebuddy.asm.Advice;
import org.apache.kafka.storage.internals.log.LocalLog;

/**
 * Tells that the end of a log is about to move back or to be set anew, and that it was.
 *
 * <p>Relies on: no other method of a log in use cuts off records at its end; {@code UnifiedLog} calls both under its
 * lock; when they return, {@code logEndOffset} is the new end.
 */
@SeamsOf(
        value = "org.apache.kafka.storage.internals.log.LocalLog",
        reliesOn = {
            "org.apache.kafka.storage.internals.log.UnifiedLog#truncateTo(long)",
            "org.apache.kafka.storage.internals.log.LocalLog#append(long, MemoryRecords)",
            "org.apache.kafka.storage.internals.log.LocalLog#updateLogEndOffset(long)"
        })
public final class LocalLogAdvice {

    private LocalLogAdvice() {}

    /** What lay at and beyond the offset is gone. */
    @Seam("truncateTo(long)")
    public static final class TruncateTo {

        private TruncateTo() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.This LocalLog log, @Advice.Argument(0) long targetOffset) {
            Seams.truncating(log, targetOffset);
        }

        @Advice.OnMethodExit
        static void exit(@Advice.This LocalLog log) {
            Seams.truncated(log);
        }
    }

    /** The log is empty and begins at the offset. */
    @Seam("truncateFullyAndStartAt(long)")
    public static final class TruncateFullyAndStartAt {

        private TruncateFullyAndStartAt() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.This LocalLog log, @Advice.Argument(0) long newOffset) {
            Seams.emptying(log, newOffset);
        }

        @Advice.OnMethodExit
        static void exit(@Advice.This LocalLog log) {
            Seams.emptied(log);
        }
    }
}
