package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.MetricName;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.PartitionSnapshots;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoredObject;
import io.aquifer.rebuild.KafkaIds;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that Kafka doesn't tier is mirrored to S3, and comes back from there when its directory is gone. */
class MirrorTest {

    private static final TopicPartition TABLE = new TopicPartition("table", 0);
    private static final TopicPartition QUEUE = new TopicPartition("queue", 0);

    @TempDir
    Path root;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final Uploads uploads = new Uploads(store, 3);
    private final Mirrors mirrors = new Mirrors(store);
    private TopicPartition partition = TABLE;
    private Broker broker;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root)
                .with("aquifer.compacted.topics", "table,queue")
                .topic("table", "cleanup.policy", "compact")
                .topic("queue")
                .rebuildingFrom(store)
                .start();
        log = broker.create(TABLE);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void rolledSegmentsAreInTheNextSnapshot() throws IOException {
        append("a", "1", "b", "1");
        roll();
        append("a", "2");
        roll();
        append("c", "1");

        mirrors.pass(broker);

        assertThat(live()).extracting(SegmentName::baseOffset).containsExactly(0L, 2L);
        assertThat(live()).extracting(SegmentName::endOffset).containsExactly(1L, 2L);
    }

    @Test
    void whatIsNotBelowTheHighWatermarkIsNot() throws IOException {
        append("a", "1");
        log.appendAsLeader(Batches.keyed("b", "1"), 1);
        log.roll();
        broker.awaitDurable();

        mirrors.pass(broker);

        assertThat(live()).isEmpty();
    }

    @Test
    void aSecondPassUploadsNothing() throws IOException {
        append("a", "1");
        roll();
        mirrors.pass(broker);
        Set<String> before = keys();

        mirrors.pass(broker);

        assertThat(keys()).isEqualTo(before);
    }

    @Test
    void aRestartedBrokerRecognisesWhatIsThere() throws IOException {
        append("a", "1", "b", "1");
        roll();
        mirrors.pass(broker);
        restart();
        append("c", "1");
        roll();

        mirrors.pass(broker);

        assertThat(live()).extracting(SegmentName::baseOffset).containsExactly(0L, 2L);
        assertThat(segmentKeys()).hasSize(2);
    }

    @Test
    void aCleanedSegmentTakesThePlaceOfThoseThatItWasMadeOf() throws IOException, GeneralSecurityException {
        append("a", "1", "b", "1");
        roll();
        append("a", "2");
        roll();
        mirrors.pass(broker);
        Compaction.clean(log);

        mirrors.pass(broker);

        assertThat(live()).extracting(SegmentName::baseOffset).containsExactly(0L);
        assertThat(live()).extracting(SegmentName::endOffset).containsExactly(2L);
        assertThat(deleting()).hasSize(2);
    }

    @Test
    void whatAnUploadLeftThatIsInNoSnapshotIsBeingDeletedInTheNext() throws IOException {
        append("a", "1");
        roll();
        SegmentName left = new SegmentName(topicId(), 0, 0, 0, 1, UUID.randomUUID());
        store.putIfAbsent(Broker.KEYS.segment(left), ByteBuffer.allocate(10)).join();

        mirrors.pass(broker);

        assertThat(deleting()).containsExactly(left);
    }

    @Test
    void aLostDirectoryIsRestoredAsItWas() throws IOException, GeneralSecurityException {
        append("a", "1", "b", "1");
        roll();
        append("a", "2", "d", null);
        roll();
        Compaction.clean(log);
        mirrors.pass(broker);
        append("c", "1");
        roll();
        append("c", "2", "e", "5");
        List<Compaction.Entry> all = Compaction.entries(log);
        broker.awaitDurable();
        uploads.upload(broker);
        append("f", "1");
        broker.awaitDurable();

        lose();

        assertThat(Compaction.entries(log))
                .startsWith(all.toArray(Compaction.Entry[]::new))
                .hasSize(all.size() + 1);
        assertThat(Compaction.table(log)).isEqualTo(Map.of("a", "2", "b", "1", "c", "2", "e", "5", "f", "1"));
        append("g", "1");
        assertThat(log.logEndOffset()).isEqualTo(9);
    }

    @Test
    void aSmallSegmentIsRestoredWithOneRequest() throws IOException {
        append("a", "1", "b", "1");
        roll();
        append("c", "1");
        roll();
        mirrors.pass(broker);
        broker.awaitDurable();
        uploads.upload(broker);
        int before = store.calls().size();

        lose();

        List<SimulatedCall> calls = store.calls().subList(before, store.calls().size());
        for (String key : segmentKeys()) {
            assertThat(calls).filteredOn(call -> call.key().equals(key)).hasSize(1);
        }
        assertThat(calls)
                .filteredOn(call -> call.key().startsWith(Broker.KEYS.segmentsOf(topicId())))
                .extracting(SimulatedCall::kind)
                .containsExactlyInAnyOrder(
                        SimulatedCall.Kind.LIST,
                        SimulatedCall.Kind.GET,
                        SimulatedCall.Kind.GET_TAIL,
                        SimulatedCall.Kind.GET_TAIL);
        assertThat(Compaction.table(log)).isEqualTo(Map.of("a", "1", "b", "1", "c", "1"));
    }

    @Test
    void theMetricsTellHowFarTheRestoreIs() throws IOException {
        append("a", "1", "b", "1");
        roll();
        mirrors.pass(broker);
        append("c", "1");
        broker.awaitDurable();
        uploads.upload(broker);
        long bytes = log.size();

        lose();

        assertThat(rebuildMetric("LogsToRebuild")).isEqualTo(1);
        assertThat(rebuildMetric("LogsRebuilt")).isEqualTo(1);
        assertThat(rebuildMetric("BytesToFetch").longValue()).isEqualTo(bytes);
        assertThat(rebuildMetric("BytesFetched").longValue()).isEqualTo(bytes);
    }

    private static Number rebuildMetric(String name) {
        MetricName metric = KafkaYammerMetrics.getMetricName("io.aquifer", "Rebuild", name);
        return (Number)
                ((Gauge<?>) KafkaYammerMetrics.defaultRegistry().allMetrics().get(metric)).value();
    }

    @Test
    void aLogThatWasNeverRolledIsRestoredAsAWhole() throws IOException {
        append("a", "1", "b", "1");
        broker.awaitDurable();
        uploads.upload(broker);

        lose();

        assertThat(Compaction.table(log)).isEqualTo(Map.of("a", "1", "b", "1"));
        assertThat(log.localLogStartOffset()).isZero();
    }

    @Test
    void aRestoredLogIsMirroredOnWithoutUploadingAgain() throws IOException {
        append("a", "1");
        roll();
        append("b", "1");
        roll();
        mirrors.pass(broker);
        append("c", "1");
        broker.awaitDurable();
        uploads.upload(broker);
        Set<String> before = segmentKeys();
        lose();
        append("d", "1");
        roll();

        mirrors.pass(broker);

        assertThat(segmentKeys()).containsAll(before).hasSize(before.size() + 1);
        assertThat(live()).extracting(SegmentName::baseOffset).containsExactly(0L, 1L, 2L);
    }

    @Test
    void theLastFiveBatchesOfAProducerAreKnownAfterARestore() throws IOException {
        useQueue();
        for (int sequence = 0; sequence < 5; sequence++) {
            append(Batches.idempotent(9, sequence, "v" + sequence));
            if (sequence == 2) {
                roll();
                mirrors.pass(broker);
            }
        }
        roll();
        mirrors.pass(broker);
        broker.awaitDurable();
        uploads.upload(broker);

        lose();

        for (int sequence = 0; sequence < 5; sequence++) {
            LogAppendInfo again = log.appendAsLeader(Batches.idempotent(9, sequence, "v" + sequence), 1);
            assertThat(again.firstOffset()).isEqualTo(sequence);
        }
        assertThat(log.logEndOffset()).isEqualTo(5);
    }

    @Test
    void aTransactionThatBeganInAMirroredSegmentIsStillOpenAfterARestore() throws IOException {
        useQueue();
        append(Batches.transactional(9, 0, "a"));
        roll();
        append(Batches.of("b"));
        roll();
        mirrors.pass(broker);
        broker.awaitDurable();
        uploads.upload(broker);

        lose();

        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        assertThat(log.lastStableOffset()).isZero();
        Batches.endTransaction(log, 1, 9, ControlRecordType.ABORT);
        settle();
        assertThat(log.lastStableOffset()).isEqualTo(3);
    }

    @Test
    void leaderEpochsComeBack() throws IOException {
        append("a", "1");
        log.appendAsLeader(Batches.keyed("b", "1"), 4);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        roll();
        mirrors.pass(broker);
        log.appendAsLeader(Batches.keyed("c", "1"), 6);
        broker.awaitDurable();
        uploads.upload(broker);
        var epochs = log.leaderEpochCache().epochEntries();

        lose();

        assertThat(log.leaderEpochCache().epochEntries()).isEqualTo(epochs);
    }

    @Test
    void aRestoredLogIsCleanedFromItsStart() throws IOException {
        append("a", "1");
        roll();
        mirrors.pass(broker);
        broker.awaitDurable();
        uploads.upload(broker);
        File cleaned = new File(broker.dir(0), "cleaner-offset-checkpoint");

        broker.crash();
        Utils.delete(broker.dirOf(TABLE));
        Files.writeString(cleaned.toPath(), "0\n2\ntable 0 1\nother 0 7\n");
        broker.start();

        assertThat(broker.rebuilt()).isEqualTo(1);
        assertThat(Files.readAllLines(cleaned.toPath())).containsExactly("0", "1", "other 0 7");
    }

    @Test
    void aSnapshotOfAnotherLeaderIsGoneOnFrom() throws IOException {
        append("a", "1");
        roll();
        mirrors.pass(broker);
        append("b", "1");
        roll();
        new Mirrors(store).under(2).pass(broker);
        append("c", "1");
        roll();

        mirrors.under(1).pass(broker);
        mirrors.pass(broker);
        assertThat(live()).hasSize(2);

        mirrors.under(2).pass(broker);
        assertThat(live()).extracting(SegmentName::baseOffset).containsExactly(0L, 1L, 2L);
        assertThat(segmentKeys()).hasSize(live().size() + deleting().size());
    }

    @Test
    void whatWasTruncatedIsNotMirroredAndAWordOfItIsRestored() throws IOException {
        append("a", "1", "b", "1", "c", "1");
        roll();
        mirrors.pass(broker);
        log.truncateTo(1);
        log.appendAsLeader(Batches.keyed("d", "1"), 2);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        broker.awaitDurable();
        uploads.upload(broker);

        lose();

        assertThat(Compaction.table(log)).isEqualTo(Map.of("a", "1", "d", "1"));
        assertThat(log.logEndOffset()).isEqualTo(2);
    }

    @Test
    void whatOnlyTheDeviceHasOfAHigherEpochReplacesWhatIsMirrored() throws IOException {
        append("a", "1", "b", "1", "c", "1");
        roll();
        mirrors.pass(broker);
        uploads.upload(broker);
        log.truncateTo(1);
        append(2, "d", "1");
        settle();

        lose();

        assertThat(Compaction.table(log)).isEqualTo(Map.of("a", "1", "d", "1"));
        assertThat(log.logEndOffset()).isEqualTo(2);
    }

    @Test
    void whatLiesBelowAStartThatNoWalObjectSaysStaysInTheSnapshot() throws IOException {
        useQueue();
        append("a", "1");
        roll();
        append("b", "1");
        roll();
        Mirrors waiting = new Mirrors(store, uploads::end);
        waiting.pass(broker);
        log.maybeIncrementLogStartOffset(1, LogStartOffsetIncrementReason.ClientRecordDeletion);

        waiting.pass(broker);
        assertThat(live()).extracting(SegmentName::baseOffset).containsExactly(0L, 1L);

        uploads.upload(broker);
        waiting.pass(broker);
        assertThat(live()).extracting(SegmentName::baseOffset).containsExactly(1L);
    }

    @Test
    void aSnapshotNeverEndsBelowTheOneBefore() throws IOException {
        append("a", "1", "b", "1", "c", "1");
        roll();
        mirrors.pass(broker);
        log.truncateTo(1);
        log.appendAsLeader(Batches.keyed("d", "1"), 2);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        mirrors.under(2).pass(broker);
        assertThat(live()).extracting(SegmentName::endOffset).containsExactly(2L);
        append(2, "e", "1");
        settle();

        mirrors.pass(broker);
        mirrors.pass(broker);

        assertThat(live()).extracting(SegmentName::endOffset).containsExactly(2L);
        assertThat(live()).extracting(SegmentName::leaderEpoch).containsExactly(2);
    }

    private void useQueue() {
        partition = QUEUE;
        log = broker.create(QUEUE);
    }

    private void append(String... keysAndValues) throws IOException {
        append(1, keysAndValues);
    }

    private void append(int epoch, String... keysAndValues) throws IOException {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            log.appendAsLeader(Batches.keyed(keysAndValues[i], keysAndValues[i + 1]), epoch);
            log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        }
    }

    private void append(MemoryRecords batch) throws IOException {
        log.appendAsLeader(batch, 1);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
    }

    private void roll() throws IOException {
        settle();
        log.roll();
    }

    /** All that was appended is below the high watermark. */
    private void settle() throws IOException {
        broker.awaitDurable();
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
    }

    private void restart() throws IOException {
        broker.crash();
        broker.start();
        log = broker.log(partition);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
    }

    private void lose() throws IOException {
        broker.crash();
        broker.loseDirs();
        broker.start();
        assertThat(broker.rebuilt()).isPositive();
        log = broker.log(partition);
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
    }

    private UUID topicId() {
        return KafkaIds.toJava(broker.topicId(partition.topic()));
    }

    private List<SnapshotSegment> snapshots() {
        return new PartitionSnapshots(store, Broker.KEYS)
                .newest(topicId(), 0)
                .join()
                .map(PartitionSnapshot::segments)
                .orElse(List.of());
    }

    private List<SegmentName> live() {
        return names(false);
    }

    private List<SegmentName> deleting() {
        return names(true);
    }

    private List<SegmentName> names(boolean deleting) {
        return snapshots().stream()
                .filter(segment -> segment.deleting() == deleting)
                .map(segment -> segment.info().name())
                .toList();
    }

    private Set<String> keys() {
        return store.list(Broker.KEYS.root(), null, 1000).join().objects().stream()
                .map(StoredObject::key)
                .collect(Collectors.toSet());
    }

    private Set<String> segmentKeys() {
        return keys().stream()
                .filter(key -> Broker.KEYS.segmentOf(key).isPresent())
                .collect(Collectors.toSet());
    }
}
