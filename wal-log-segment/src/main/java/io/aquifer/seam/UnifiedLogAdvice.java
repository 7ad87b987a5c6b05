package io.aquifer.seam;

import io.aquifer.log.SharedLog;
import io.aquifer.log.SharedLogs.Opening;
import java.io.File;
import java.io.IOException;
import java.util.Optional;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;

/**
 * Follows a log through its life, and holds its high watermark back.
 *
 * <p>The woven class also gets a field, {@value #FIELD}, and implements {@link io.aquifer.log.SharedLogHolder} with it.
 *
 * <p>Relies on: every log of a broker comes from the longest {@code create}; a leader raises its high watermark by
 * {@code maybeIncrementHighWatermark} only; {@code renameDir} is how a log is marked as deleted or stray, and how a
 * future log becomes the current one, and its first argument is the new name of the directory; the log start offset of
 * a log in use rises by {@code maybeIncrementLogStartOffset} and is set by {@code truncateFullyAndStartAt}; a change of
 * a topic's settings reaches its open logs through {@code updateConfig}; replicas, and only they, read up to the end of the log, by
 * {@code read}, and an exception of it is the answer to that replica alone; a log whose directory doesn't name its topic's
 * id gets it by {@code assignTopicId}, before anything is appended.
 */
@SeamsOf(
        value = "org.apache.kafka.storage.internals.log.UnifiedLog",
        reliesOn = {
            "org.apache.kafka.storage.internals.log.UnifiedLog"
                    + "#append(MemoryRecords, AppendOrigin, boolean, int, Optional, VerificationGuard, boolean, byte, short)",
            "org.apache.kafka.storage.internals.log.UnifiedLog#updateHighWatermark(long)",
            "org.apache.kafka.storage.internals.log.UnifiedLog#updateHighWatermark(LogOffsetMetadata)",
            "org.apache.kafka.storage.internals.log.UnifiedLog#updateHighWatermarkMetadata(LogOffsetMetadata)",
            "org.apache.kafka.storage.internals.log.UnifiedLog#updateLogStartOffset(long)",
            "org.apache.kafka.storage.internals.log.UnifiedLog#isRemoteLogEnabled(boolean, LogConfig, String)"
        })
public final class UnifiedLogAdvice {

    /** The field added to the woven class. It may change at any time, so it is read once per call. */
    public static final String FIELD = "aquifer$log";

    private UnifiedLogAdvice() {}

    /** Around the loading of a directory. Several assignments, since advice has no other way to change arguments. */
    @Seam("create(File, LogConfig, long, long, Scheduler, BrokerTopicStats, Time, int, ProducerStateManagerConfig, int,"
            + " LogDirFailureChannel, boolean, Optional, ConcurrentMap, boolean, LogOffsetsListener)")
    public static final class Create {

        private Create() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(0) File dir,
                @Advice.Argument(value = 2, readOnly = false) long logStartOffset,
                @Advice.Argument(value = 3, readOnly = false) long recoveryPoint,
                @Advice.Argument(value = 11, readOnly = false) boolean lastShutdownClean,
                @Advice.Argument(12) Optional<Uuid> topicId)
                throws IOException {
            Opening opening = Seams.opening(dir, topicId, logStartOffset, recoveryPoint, lastShutdownClean);
            logStartOffset = opening.logStartOffset();
            recoveryPoint = opening.recoveryPoint();
            lastShutdownClean = opening.lastShutdownClean();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(@Advice.Argument(0) File dir, @Advice.Return @Nullable UnifiedLog log) throws IOException {
            Seams.opened(dir, log);
        }
    }

    /** Before a leader compares the new high watermark with the old. */
    @Seam("maybeIncrementHighWatermark(LogOffsetMetadata)")
    public static final class MaybeIncrementHighWatermark {

        private MaybeIncrementHighWatermark() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.FieldValue(FIELD) @Nullable SharedLog log,
                @Advice.Argument(value = 0, readOnly = false) LogOffsetMetadata highWatermark) {
            highWatermark = Seams.cap(log, highWatermark);
        }
    }

    /** Before anything is read. */
    @Seam("read(long, int, FetchIsolation, boolean)")
    public static final class Read {

        private Read() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.FieldValue(FIELD) @Nullable SharedLog log,
                @Advice.Argument(0) long startOffset,
                @Advice.Argument(2) FetchIsolation isolation) {
            Seams.reading(log, startOffset, isolation);
        }
    }

    /** After the settings of the topic changed. */
    @Seam("updateConfig(LogConfig)")
    public static final class UpdateConfig {

        private UpdateConfig() {}

        @Advice.OnMethodExit
        static void exit(@Advice.This UnifiedLog log) {
            Seams.configChanged(log);
        }
    }

    /** After the id of a topic became known, whose directory didn't name it. */
    @Seam("assignTopicId(Uuid)")
    public static final class AssignTopicId {

        private AssignTopicId() {}

        @Advice.OnMethodExit
        static void exit(@Advice.This UnifiedLog log) {
            Seams.configChanged(log);
        }
    }

    /** After the directory's name changed. */
    @Seam("renameDir(String, boolean)")
    public static final class RenameDir {

        private RenameDir() {}

        @Advice.OnMethodExit
        static void exit(@Advice.This UnifiedLog log) {
            Seams.renamed(log);
        }
    }

    /** After the log start offset rose, or was found to be there already. */
    @Seam("maybeIncrementLogStartOffset(long, LogStartOffsetIncrementReason)")
    public static final class MaybeIncrementLogStartOffset {

        private MaybeIncrementLogStartOffset() {}

        @Advice.OnMethodExit
        static void exit(@Advice.This UnifiedLog log, @Advice.Return boolean incremented) {
            if (incremented) Seams.logStartChanged(log);
        }
    }

    /** After the log was emptied. */
    @Seam("truncateFullyAndStartAt(long, Optional)")
    public static final class TruncateFullyAndStartAt {

        private TruncateFullyAndStartAt() {}

        @Advice.OnMethodExit
        static void exit(@Advice.This UnifiedLog log) {
            Seams.logStartChanged(log);
        }
    }

    /** After the log's files were closed. */
    @Seam("close()")
    public static final class Close {

        private Close() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(@Advice.This UnifiedLog log) {
            Seams.closed(log);
        }
    }

    /** After the log's files were given up because the directory failed. */
    @Seam("closeHandlers()")
    public static final class CloseHandlers {

        private CloseHandlers() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(@Advice.This UnifiedLog log) {
            Seams.closed(log);
        }
    }
}
