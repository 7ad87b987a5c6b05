package io.aquifer.seam;

import kafka.cluster.Partition;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.metadata.PartitionRegistration;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Connects a log with the partition that it is the leader's log of.
 *
 * <p>Relies on: a leader calls {@code maybeIncrementLeaderHW} on becoming leader and after every append, with the log it
 * leads, under {@code leaderIsrUpdateLock}; {@code makeLeader} is called for every change of the replicas of a partition that is led; the partition takes that lock in {@code maybeReplaceCurrentWithFutureReplica}
 * only after its first statement.
 */
@SeamsOf(
        value = "kafka.cluster.Partition",
        reliesOn = {
            "kafka.cluster.Partition#appendRecordsToLeader(MemoryRecords, AppendOrigin, int, RequestLocal,"
                    + " VerificationGuard, short)",
            "kafka.cluster.Partition#fetchRecords(FetchParams, PartitionData, long, int, boolean, boolean)",
            "kafka.cluster.Partition#checkEnoughReplicasReachOffset(long)",
            "kafka.cluster.Partition#tryCompleteDelayedRequests()"
        })
public final class PartitionAdvice {

    private PartitionAdvice() {}

    /** Before a leader computes its high watermark. */
    @Seam("maybeIncrementLeaderHW(UnifiedLog, long)")
    public static final class MaybeIncrementLeaderHw {

        private MaybeIncrementLeaderHw() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.This Partition partition, @Advice.Argument(0) UnifiedLog leaderLog) {
            Seams.leading(partition, leaderLog);
        }
    }

    /** After the metadata have it that this broker leads the partition, with these replicas. */
    @Seam("makeLeader(PartitionRegistration, boolean, OffsetCheckpoints, Option, Option)")
    public static final class MakeLeader {

        private MakeLeader() {}

        @Advice.OnMethodExit
        static void exit(@Advice.This Partition partition, @Advice.Argument(0) PartitionRegistration registration) {
            Seams.replicasChanged(partition, registration);
        }
    }

    /** Before the future log is compared with the current one. */
    @Seam("maybeReplaceCurrentWithFutureReplica()")
    public static final class MaybeReplaceCurrentWithFutureReplica {

        private MaybeReplaceCurrentWithFutureReplica() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.This Partition partition) {
            Seams.beforeSwap(partition);
        }
    }
}
