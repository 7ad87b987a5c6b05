package io.aquifer.seam;

import java.io.File;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogSegment;

/**
 * Puts the replacement in the place of every segment.
 *
 * <p>Relies on: every segment of a log, whether loaded, rolled, created or cleaned, comes from this method, the
 * shorter overload included; the segment opened so far holds nothing that another one over the same files could not
 * be given.
 */
@SeamsOf(
        value = "org.apache.kafka.storage.internals.log.LogSegment",
        reliesOn = {
            "org.apache.kafka.storage.internals.log.LogSegment#open(File, long, LogConfig, Time, int, boolean)",
            "org.apache.kafka.storage.internals.log.LogSegment#append(long, MemoryRecords)",
            "org.apache.kafka.storage.internals.log.LogSegment#appendFromFile(FileRecords, int)",
            "org.apache.kafka.storage.internals.log.LogSegment#canConvertToRelativeOffset(long)",
            "org.apache.kafka.storage.internals.log.LogSegment"
                    + "#<init>(FileRecords, LazyIndex, LazyIndex, TransactionIndex, long, int, long, Time)"
        })
public final class LogSegmentAdvice {

    private LogSegmentAdvice() {}

    /** After the stock segment was opened over its files. */
    @Seam("open(File, long, LogConfig, Time, boolean, int, boolean, String)")
    public static final class Open {

        private Open() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Return(readOnly = false) LogSegment segment,
                @Advice.Argument(0) File dir,
                @Advice.Argument(2) LogConfig config,
                @Advice.Argument(3) Time time) {
            segment = Seams.segment(segment, dir, config, time);
        }
    }
}
