package io.aquifer.log;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import kafka.cluster.Partition;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * The private parts of Kafka's classes that Aquifer uses, and nothing else does: the lock of a log, and how a partition
 * raises its high watermark.
 */
final class KafkaInternals {

    private static final VarHandle LOG_LOCK;
    private static final VarHandle LEADER_ISR_UPDATE_LOCK;
    private static final MethodHandle MAYBE_INCREMENT_LEADER_HW;

    static {
        try {
            Lookup log = MethodHandles.privateLookupIn(UnifiedLog.class, MethodHandles.lookup());
            LOG_LOCK = log.findVarHandle(UnifiedLog.class, "lock", Object.class);
            Lookup partition = MethodHandles.privateLookupIn(Partition.class, MethodHandles.lookup());
            LEADER_ISR_UPDATE_LOCK =
                    partition.findVarHandle(Partition.class, "leaderIsrUpdateLock", ReentrantReadWriteLock.class);
            MAYBE_INCREMENT_LEADER_HW = partition.findVirtual(
                    Partition.class,
                    "maybeIncrementLeaderHW",
                    MethodType.methodType(boolean.class, UnifiedLog.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private KafkaInternals() {}

    /** What Kafka synchronizes on whenever it changes {@code log}. */
    static Object lock(UnifiedLog log) {
        return LOG_LOCK.get(log);
    }

    /** Raises the partition's high watermark as far as Kafka's rules and the log's durable end allow. */
    static void maybeIncrementLeaderHighWatermark(Partition partition) {
        ReentrantReadWriteLock.ReadLock lock =
                ((ReentrantReadWriteLock) LEADER_ISR_UPDATE_LOCK.get(partition)).readLock();
        lock.lock();
        try {
            scala.Option<UnifiedLog> log = partition.leaderLogIfLocal();
            if (log.isDefined()) {
                incrementUnderLock(partition, log.get());
            }
        } finally {
            lock.unlock();
        }
    }

    private static void incrementUnderLock(Partition partition, UnifiedLog log) {
        try {
            boolean ignored =
                    (boolean) MAYBE_INCREMENT_LEADER_HW.invokeExact(partition, log, System.currentTimeMillis());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "raising the high watermark of " + partition.topicPartition() + " failed", e);
        }
    }
}
