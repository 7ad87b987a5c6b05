package io.aquifer.seam;

import java.util.Map;
import kafka.server.ReplicaManager;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.server.LogAppendResult;
import org.apache.kafka.server.purgatory.DelayedProduce.ProducePartitionStatus;
import scala.Function1;
import scala.runtime.BoxedUnit;

/**
 * Makes a client's produce wait for the device, and finds room in the WAL before a lock is taken.
 *
 * <p>Relies on: every leader's append, a client's or a coordinator's, goes through {@code appendToLocalLog}, which takes
 * and holds no lock before it reaches a partition; {@code appendRecords} is where a client's produce is appended, turns
 * the results into required offsets with {@code buildProducePartitionStatus} on the same thread, and with acks=1 calls
 * the response callback at once, which nothing else calls. Coordinators append through {@code appendRecordsToLeader} or
 * with acks=all. {@code BrokerServer.shutdown} begins with {@code beginControlledShutdown}, on a broker that still does everything.
 * ({@code maybeAddDelayedProduce} is no place for advice: the compiler inlined it.)
 */
@SeamsOf(
        value = "kafka.server.ReplicaManager",
        reliesOn = {
            "kafka.server.ReplicaManager#delayedProduceRequestRequired(short, Map, Map)",
            "kafka.server.ReplicaManager#addCompletePurgatoryAction(ActionQueue, Map)",
            "kafka.server.ReplicaManager#appendRecordsToLeader(short, boolean, AppendOrigin, Map, RequestLocal,"
                    + " ActionQueue, Map, short)",
            "kafka.server.BrokerServer#shutdown(Duration)"
        })
public final class ReplicaManagerAdvice {

    private ReplicaManagerAdvice() {}

    /** Before a client's produce is appended: its answer may have to be held back. */
    @Seam("appendRecords(long, short, boolean, AppendOrigin, Map, Function1, Function1, RequestLocal, Map, short)")
    public static final class AppendRecords {

        private AppendRecords() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.This ReplicaManager replicaManager,
                @Advice.Argument(0) long timeoutMs,
                @Advice.Argument(1) short requiredAcks,
                @Advice.Argument(value = 5, readOnly = false)
                        Function1<Map<TopicIdPartition, PartitionResponse>, BoxedUnit> responseCallback) {
            responseCallback = Seams.answer(replicaManager, requiredAcks, timeoutMs, responseCallback);
        }
    }

    /** After the offsets that a produce needs are known. */
    @Seam("buildProducePartitionStatus(Map)")
    public static final class BuildProducePartitionStatus {

        private BuildProducePartitionStatus() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) scala.collection.Map<TopicIdPartition, LogAppendResult> appendResults,
                @Advice.Return scala.collection.Map<TopicIdPartition, ProducePartitionStatus> produceStatus) {
            Seams.appended(appendResults, produceStatus);
        }
    }

    /** Around the append of a request to the logs of all its partitions. */
    @Seam("appendToLocalLog(boolean, AppendOrigin, Map, short, RequestLocal, Map, short)")
    public static final class AppendToLocalLog {

        private AppendToLocalLog() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(2) scala.collection.Map<TopicIdPartition, MemoryRecords> entriesPerPartition) {
            Seams.reserve(entriesPerPartition);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit() {
            Seams.release();
        }
    }

    /** Before the broker gives up its leaderships. */
    @Seam("beginControlledShutdown()")
    public static final class BeginControlledShutdown {

        private BeginControlledShutdown() {}

        @Advice.OnMethodEnter
        static void enter() {
            Seams.beforeShutdown();
        }
    }
}
