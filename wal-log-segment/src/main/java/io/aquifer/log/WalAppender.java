package io.aquifer.log;

import io.aquifer.wal.append.Claim;
import io.aquifer.wal.append.DurableListener;
import io.aquifer.wal.append.RecordTooLongException;
import io.aquifer.wal.append.Reservation;
import io.aquifer.wal.append.WalException;
import io.aquifer.wal.append.WalFullException;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * How logs append to the WAL: with room that the thread reserved before it took any lock, and with errors in Kafka's
 * words.
 */
final class WalAppender {

    private final WriteAheadLog wal;
    private final Duration appendTimeout;
    private final DurableCallbacks callbacks;
    private final WalMetrics metrics;
    private final ThreadLocal<ThreadState> threads = ThreadLocal.withInitial(ThreadState::new);

    WalAppender(WriteAheadLog wal, Duration appendTimeout, DurableCallbacks callbacks, WalMetrics metrics) {
        this.wal = wal;
        this.appendTimeout = appendTimeout;
        this.callbacks = callbacks;
        this.metrics = metrics;
    }

    /** What one thread holds and has appended. */
    private static final class ThreadState {
        @Nullable
        Reservation reservation;

        boolean refused;
        boolean fetching;
        long lastBlock = -1;
    }

    /**
     * Reserves room for what this thread is about to append. Before any lock is taken; waits for as long as the setting
     * says. If there is no room by then, this thread's appends are refused until {@link #release}.
     *
     * @return false if there is no room
     */
    boolean reserve(long bytes, int batches) {
        ThreadState thread = threads.get();
        release(thread);
        try {
            thread.reservation = wal.reserve(bytes, batches, appendTimeout.toNanos());
            thread.refused = thread.reservation == null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (IOException e) {
            // The append itself reports the failed WAL, to the log directory that it belongs to.
            thread.refused = false;
        }
        return !thread.refused;
    }

    /**
     * As {@link #reserve}, for a follower: if more was fetched than can be reserved at once, what doesn't fit then is
     * refused in a way that makes the fetcher fetch it again.
     */
    boolean reserveFetched(long bytes, int batches) {
        boolean reserved = reserve(bytes, batches);
        threads.get().fetching = reserved;
        return reserved;
    }

    /** Gives back what this thread reserved and didn't use. */
    void release() {
        release(threads.get());
    }

    private static void release(ThreadState thread) {
        Reservation reservation = thread.reservation;
        thread.reservation = null;
        thread.refused = false;
        thread.fetching = false;
        if (reservation != null) {
            reservation.close();
        }
    }

    /**
     * Copies batches into the WAL's memory and lets them go to the device, without waiting.
     *
     * @return their claim, committed, to be released once the copy isn't read any more
     * @throws NotEnoughReplicasException if there is no room: nothing was taken, and the producer may try again
     * @throws InvalidRecordException instead, to a follower
     * @throws RecordTooLargeException if they never fit
     * @throws IOException if the WAL has failed: Kafka takes the log directory offline
     */
    Claim append(LogId log, TopicPartition topicPartition, MemoryRecords records, DurableListener listener)
            throws IOException {
        ThreadState thread = threads.get();
        if (thread.refused) {
            throw refuse(topicPartition, "had no room within " + appendTimeout.toMillis() + " ms", null);
        }
        try {
            Claim claim = wal.claim(WalRecords.data(log, records), thread.reservation, listener);
            fill(claim, records);
            thread.lastBlock = claim.block();
            return claim;
        } catch (WalFullException e) {
            throw refuse(topicPartition, "has no room", e);
        } catch (RecordTooLongException e) {
            throw new RecordTooLargeException("A batch for " + topicPartition + " is too long for the WAL", e);
        }
    }

    private static void fill(Claim claim, MemoryRecords records) {
        boolean filled = false;
        try {
            claim.payload().put(records.buffer());
            filled = true;
        } finally {
            if (filled) {
                claim.commit();
            } else {
                claim.abandon();
                claim.release();
            }
        }
    }

    private ApiException refuse(TopicPartition topicPartition, String why, @Nullable WalFullException cause) {
        metrics.appendRefused();
        String message = "The write-ahead log " + why + " for a batch of " + topicPartition + ": " + wal.ringUsed()
                + " of " + wal.ringCapacity()
                + " bytes of its ring are in use. It is trimmed as local segments are flushed.";
        // Of what an append throws, this is what a fetcher takes as passing: it fetches again.
        // For anything else it gives the partition up.
        return threads.get().fetching
                ? new InvalidRecordException(message, cause)
                : new NotEnoughReplicasException(message, cause);
    }

    /**
     * Appends a control record, without waiting.
     *
     * @return number of its block
     * @throws KafkaStorageException if the WAL has failed
     */
    long control(RecordHeader header, byte[] payload, DurableListener listener) {
        try {
            return wal.control(header, payload, listener).block();
        } catch (WalException e) {
            throw new KafkaStorageException("Recording a " + header.kind() + " of " + header.log() + " failed", e);
        }
    }

    /**
     * Appends a control record and waits until it is durable.
     *
     * @throws KafkaStorageException if the WAL has failed
     */
    void controlDurably(RecordHeader header, byte[] payload) {
        long block = control(header, payload, DurableListener.NONE);
        try {
            awaitDurable(block);
        } catch (IOException e) {
            throw new KafkaStorageException("Recording a " + header.kind() + " of " + header.log() + " failed", e);
        }
    }

    /**
     * Logs batches that are in a local file already, waiting for room as long as the setting says.
     *
     * @throws NotEnoughReplicasException if there is none
     * @throws IOException if the WAL has failed
     */
    void log(LogId log, TopicPartition topicPartition, MemoryRecords records) throws IOException {
        try {
            reserve(records.sizeInBytes(), 1);
            append(log, topicPartition, records, DurableListener.NONE).release();
        } finally {
            release();
        }
    }

    /** Waits until what this thread appended last is durable. */
    void awaitLogged() throws IOException {
        ThreadState thread = threads.get();
        awaitDurable(thread.lastBlock);
        thread.lastBlock = -1;
    }

    /** The position below which the WAL is durable. */
    long durableEnd() {
        return wal.durablePosition();
    }

    /** Returns when a block is durable. */
    void awaitDurable(long block) throws IOException {
        try {
            wal.awaitDurable(block);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /** Waits, for as long as the setting says at most, until what this thread appended last is durable. */
    void awaitAppended() {
        ThreadState thread = threads.get();
        if (thread.lastBlock < 0) {
            return;
        }
        try {
            if (wal.awaitDurable(thread.lastBlock, appendTimeout.toNanos())) {
                thread.lastBlock = -1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void durable(SharedLog log, PendingEnd end) {
        metrics.appendDurable(System.nanoTime() - end.startNanos());
        callBack(log);
    }

    /** Lets the partition look again what may be acknowledged. */
    void callBack(SharedLog log) {
        callbacks.queue(log);
    }
}
