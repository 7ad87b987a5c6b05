package io.aquifer.seam;

import net.bytebuddy.asm.Advice;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Lets the segments of a log be copied to the tier before it is Kafka's turn to.
 *
 * <p>Relies on: the leader of a tiered log has one task, which runs again and again, is cancelled with the leadership, and copies
 * what is due by this method; running it more often does no harm, running it twice at once would.
 */
@SeamsOf(
        value = "org.apache.kafka.server.log.remote.storage.RemoteLogManager$RLMCopyTask",
        reliesOn = {
            "org.apache.kafka.server.log.remote.storage.RemoteLogManager$RLMTask#run()",
            "org.apache.kafka.server.log.remote.storage.RemoteLogManager$RLMCopyTask#execute(UnifiedLog)",
            "org.apache.kafka.server.log.remote.storage.RemoteLogManager$RLMCopyTask"
                    + "#candidateLogSegments(UnifiedLog, Long, Long)"
        })
public final class RemoteLogCopyAdvice {

    private RemoteLogCopyAdvice() {}

    /** Around one run, which is left out while another is under way. */
    @Seam("copyLogSegmentsToRemote(UnifiedLog)")
    public static final class CopyLogSegmentsToRemote {

        private CopyLogSegmentsToRemote() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnDefaultValue.class)
        static boolean enter(@Advice.This Runnable task, @Advice.Argument(0) UnifiedLog log) {
            return Seams.copying(task, log);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(@Advice.Enter boolean began, @Advice.Argument(0) UnifiedLog log) {
            if (began) Seams.copied(log);
        }
    }
}
