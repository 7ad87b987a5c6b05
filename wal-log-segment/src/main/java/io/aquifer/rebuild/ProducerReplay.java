package io.aquifer.rebuild;

import io.aquifer.format.BatchHeader;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;

/**
 * The state of a log's producers, brought forward by the headers of batches with Kafka's own rules, as when it recovers a
 * segment.
 *
 * <p>Not thread-safe.
 */
final class ProducerReplay {

    private final File scratch;
    private final ProducerStateManager producers;

    /**
     * @param scratch a folder for files that are gone again when a method returns
     */
    ProducerReplay(TopicPartition partition, File scratch) throws IOException {
        this.scratch = scratch;
        this.producers = new ProducerStateManager(
                partition,
                scratch,
                Integer.MAX_VALUE,
                new ProducerStateManagerConfig(Integer.MAX_VALUE, false),
                Time.SYSTEM);
    }

    /** Begins with the producers of a snapshot. */
    void load(ByteBuffer snapshot) throws IOException {
        File file = new File(scratch, "loading");
        try {
            byte[] bytes = new byte[snapshot.remaining()];
            snapshot.duplicate().get(bytes);
            Files.write(file.toPath(), bytes);
            ProducerStateManager.readSnapshot(file).forEach(producers::loadProducerEntry);
        } finally {
            Files.deleteIfExists(file.toPath());
        }
    }

    /** The next batch. Answers the transaction that it aborts, if it does. */
    Optional<AbortedTxn> append(BatchHeader batch) {
        Optional<AbortedTxn> aborted = Optional.empty();
        if (batch.producerId() >= 0) {
            ProducerAppendInfo info = producers.prepareUpdate(batch.producerId(), AppendOrigin.REPLICATION);
            Optional<CompletedTxn> completed = append(info, batch);
            producers.update(info);
            if (completed.isPresent()) {
                long lastStable = producers.lastStableOffset(completed.get());
                if (completed.get().isAborted()) {
                    aborted = Optional.of(new AbortedTxn(completed.get(), lastStable));
                }
                producers.completeTxn(completed.get());
            }
        }
        producers.updateMapEndOffset(batch.lastOffset() + 1);
        return aborted;
    }

    private static Optional<CompletedTxn> append(ProducerAppendInfo info, BatchHeader batch) {
        if (batch.isControl()) {
            RecordBatch marker = MemoryRecords.readableRecords(batch.bytes())
                    .batches()
                    .iterator()
                    .next();
            return info.append(marker, Optional.empty());
        }
        int lastSequence = batch.baseSequence() == RecordBatch.NO_SEQUENCE
                ? RecordBatch.NO_SEQUENCE
                : DefaultRecordBatch.incrementSequence(
                        batch.baseSequence(), Math.toIntExact(batch.lastOffset() - batch.baseOffset()));
        info.appendDataBatch(
                batch.producerEpoch(),
                batch.baseSequence(),
                lastSequence,
                batch.maxTimestamp(),
                new LogOffsetMetadata(batch.baseOffset()),
                batch.lastOffset(),
                batch.isTransactional());
        return Optional.empty();
    }

    /** Where the first transaction begins that isn't decided, or {@code end} when all are. */
    long firstUndecided(long end) {
        return producers.firstUndecidedOffset().orElse(end);
    }

    /** By producer id: what a snapshot would have. */
    Map<Long, ProducerStateEntry> producers() {
        return producers.activeProducers();
    }

    /** A snapshot as Kafka writes it. */
    ByteBuffer snapshot() throws IOException {
        File file = new File(scratch, "snapshot");
        try {
            ProducerStateManager.writeSnapshot(file, producers.activeProducers(), false);
            return ByteBuffer.wrap(Files.readAllBytes(file.toPath()));
        } finally {
            Files.deleteIfExists(file.toPath());
        }
    }
}
