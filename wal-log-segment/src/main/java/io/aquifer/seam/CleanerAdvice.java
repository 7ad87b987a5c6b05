package io.aquifer.seam;

import net.bytebuddy.asm.Advice;
import org.apache.kafka.storage.internals.log.LogToClean;

/**
 * Tells before a log is cleaned.
 *
 * <p>Relies on: segments are replaced by cleaned ones in {@code doClean} only, none of them at or behind the first offset
 * that isn't to be cleaned, and each is flushed before it takes its place.
 */
@SeamsOf(
        value = "org.apache.kafka.storage.internals.log.Cleaner",
        reliesOn =
                "org.apache.kafka.storage.internals.log.Cleaner"
                        + "#cleanSegments(UnifiedLog, List, OffsetMap, long, CleanerStats, CleanedTransactionMetadata, long, long)")
public final class CleanerAdvice {

    private CleanerAdvice() {}

    /** Before anything of the log is replaced. */
    @Seam("doClean(LogToClean, long)")
    public static final class DoClean {

        private DoClean() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) LogToClean cleanable) {
            Seams.cleaning(cleanable);
        }
    }
}
