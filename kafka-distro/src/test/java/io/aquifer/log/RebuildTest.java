package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.CompositeIndex;
import io.aquifer.format.Composites;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.LongRanges;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentOpener;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoredObject;
import io.aquifer.rebuild.CompositeRewriting;
import io.aquifer.rebuild.LostWal;
import io.aquifer.rebuild.TakenLog;
import io.aquifer.rebuild.TakenLogs;
import io.aquifer.rebuild.TakeoverStaging;
import io.aquifer.wal.ForeignWalException;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.recovery.RecoveredLog;
import io.aquifer.wal.upload.WalTakeover;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker whose log directories are gone comes back with every log as it was. */
class RebuildTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);
    private static final int PRODUCERS = 3;

    @TempDir
    Path root;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private Uploads uploads = new Uploads(store, 3);
    private Broker broker;
    private UnifiedLog log;
    private int epoch = 1;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("shared").rebuildingFrom(store).start();
        log = broker.create(PARTITION);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    /** What a log is, apart from where its records lie. */
    private record State(
            long start,
            long end,
            ByteBuffer bytes,
            List<EpochEntry> epochs,
            Map<Long, String> producers,
            OptionalLong firstUndecided,
            List<String> aborted) {}

    private State state(List<byte[]> below) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        below.forEach(bytes::writeBytes);
        bytes.writeBytes(Batches.bytes(log));
        Map<Long, String> producers = new HashMap<>();
        log.producerStateManager().activeProducers().forEach((id, entry) -> producers.put(id, text(entry)));
        return new State(
                log.logStartOffset(),
                log.logEndOffset(),
                ByteBuffer.wrap(bytes.toByteArray()),
                log.leaderEpochCache().epochEntries(),
                producers,
                log.producerStateManager().firstUndecidedOffset(),
                aborted());
    }

    /** All aborted transactions, those in composite segments first. */
    private List<String> aborted() throws IOException {
        List<String> aborted = new ArrayList<>();
        for (CompositeIndex index : composites()) {
            SegmentIndex parts = index.parts();
            ByteBuffer bytes = ByteBuffer.allocate((int) parts.length(SegmentPart.TRANSACTION_INDEX));
            assertThat(index.info().transactionIndexEmpty()).isEqualTo(!bytes.hasRemaining());
            if (bytes.hasRemaining()) {
                String key = Broker.KEYS.composite(index.info().name());
                store.get(key, parts.offset(SegmentPart.TRANSACTION_INDEX), bytes)
                        .join();
            }
            while (bytes.hasRemaining()) {
                assertThat(bytes.getShort()).isEqualTo(AbortedTxn.CURRENT_VERSION);
                aborted.add(bytes.getLong() + " " + bytes.getLong() + " " + bytes.getLong() + " " + bytes.getLong());
            }
        }
        for (LogSegment segment : log.logSegments()) {
            for (AbortedTxn txn : segment.txnIndex().allAbortedTxns()) {
                aborted.add(txn.producerId() + " " + txn.firstOffset() + " " + txn.lastOffset() + " "
                        + txn.lastStableOffset());
            }
        }
        return aborted;
    }

    private static String text(ProducerStateEntry entry) {
        List<String> batches =
                entry.batchMetadata().stream().map(BatchMetadata::toString).toList();
        return entry.producerEpoch() + " " + entry.currentTxnFirstOffset() + " " + batches;
    }

    private void assertSame(State expected, State actual) {
        assertThat(actual.end()).isEqualTo(expected.end());
        assertThat(actual.start()).isEqualTo(expected.start());
        assertThat(actual.bytes()).as("the same batches, byte for byte").isEqualTo(expected.bytes());
        assertThat(actual.epochs()).isEqualTo(expected.epochs());
        assertThat(actual.producers()).isEqualTo(expected.producers());
        assertThat(actual.firstUndecided()).isEqualTo(expected.firstUndecided());
        assertThat(actual.aborted()).isEqualTo(expected.aborted());
    }

    private void loseDiskAndRestart() throws IOException {
        broker.awaitDurable();
        broker.crash();
        broker.loseDirs();
        broker.start();
        log = broker.log(PARTITION);
    }

    /** The composite segments of the partition, in order. */
    private List<CompositeIndex> composites() {
        UUID topic = uuid();
        List<CompositeIndex> found = new ArrayList<>();
        for (StoredObject object : store.list(Broker.KEYS.segmentsOf(topic, 0), null, ObjectStore.MAX_PAGE)
                .join()
                .objects()) {
            Broker.KEYS
                    .compositeOf(object.key())
                    .ifPresent(name -> found.add(new Composites(store, Broker.KEYS)
                            .open(name, Optional.empty())
                            .join()));
        }
        found.sort(Comparator.comparingLong(index -> index.info().name().baseOffset()));
        return found;
    }

    private UUID uuid() {
        return new UUID(
                broker.topicId("shared").getMostSignificantBits(),
                broker.topicId("shared").getLeastSignificantBits());
    }

    private byte[] data(CompositeIndex index) {
        ByteBuffer bytes = ByteBuffer.allocate((int) index.dataLength());
        new Composites(store, Broker.KEYS)
                .read(index.data(), 0, bytes, Runnable::run)
                .join();
        return bytes.array();
    }

    /** What composite segments hold below the local log, which they reach without a gap. */
    private List<byte[]> below() {
        List<byte[]> below = new ArrayList<>();
        long next = log.logStartOffset();
        for (CompositeIndex index : composites()) {
            assertThat(index.info().name().baseOffset()).isEqualTo(next);
            next = index.info().name().endOffset() + 1;
            below.add(data(index));
        }
        assertThat(log.localLogStartOffset()).isEqualTo(next);
        return below;
    }

    private void trim() throws Exception {
        broker.awaitDurable();
        new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1)).trim(false);
    }

    @Test
    void what_only_objects_hold_is_rebuilt_with_a_short_local_segment() throws Exception {
        for (int i = 0; i < 20; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        trim();
        State before = state(List.of());

        loseDiskAndRestart();

        assertThat(broker.rebuilt()).isEqualTo(1);
        assertThat(log.localLogStartOffset()).isEqualTo(19);
        assertSame(before, state(below()));
        log.appendAsLeader(Batches.of("next"), epoch);
        broker.awaitDurable();
        assertThat(log.logEndOffset()).isEqualTo(21);
    }

    @Test
    void what_only_the_wal_holds_is_appended_to_what_was_rebuilt() throws Exception {
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        trim();
        epoch = 2;
        for (int i = 10; i < 20; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        State before = state(List.of());

        loseDiskAndRestart();

        assertThat(log.localLogStartOffset()).isEqualTo(9);
        assertSame(before, state(below()));
    }

    @Test
    void what_the_wal_still_holds_beside_the_objects_is_not_there_twice() throws Exception {
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        State before = state(List.of());

        loseDiskAndRestart();

        assertSame(before, state(below()));
    }

    @Test
    void a_log_of_which_nothing_was_uploaded_comes_from_the_wal() throws Exception {
        log.appendAsLeader(Batches.of("a"), epoch);
        State before = state(List.of());

        loseDiskAndRestart();

        assertThat(composites()).isEmpty();
        assertSame(before, state(List.of()));
    }

    @Test
    void a_second_loss_goes_on_where_the_first_one_ended() throws Exception {
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        trim();
        loseDiskAndRestart();
        int made = composites().size();
        for (int i = 10; i < 20; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        trim();
        State before = state(below());

        loseDiskAndRestart();

        assertThat(composites()).hasSize(made + 1);
        assertSame(before, state(below()));
    }

    @Test
    void what_was_truncated_does_not_come_back() throws Exception {
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("old " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        log.truncateTo(5);
        epoch = 3;
        log.appendAsLeader(Batches.of("new 5"), epoch);
        State before = state(List.of());

        loseDiskAndRestart();

        assertSame(before, state(below()));
    }

    @Test
    void a_directory_that_is_there_is_left_alone_and_the_bucket_is_not_asked() throws Exception {
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();
        broker.crash();
        int asked = store.calls().size();
        broker.start();

        assertThat(broker.rebuilt()).isZero();
        assertThat(store.calls()).hasSize(asked);
    }

    @Test
    void a_log_whose_directory_may_be_on_a_failed_disk_is_not_rebuilt_elsewhere() throws Exception {
        startWithTwoDirs();
        broker.crash();
        broker.failDir(0);
        broker.start();

        assertThat(broker.rebuilt()).isZero();
        assertThat(broker.has(PARTITION)).isFalse();
        assertThat(new File(broker.dir(1), PARTITION.toString())).doesNotExist();

        broker.crash();
        broker.start();
        assertThat(broker.rebuilt()).as("it is remembered").isZero();

        broker.crash();
        broker.repairDir(0);
        broker.start();
        assertThat(broker.rebuilt()).isZero();
        assertThat(broker.log(PARTITION).logEndOffset()).isEqualTo(1);
        assertThat(broker.superblock().directoryIds()).hasSize(2);
    }

    @Test
    void a_directory_that_held_nothing_the_wal_knows_may_go() throws Exception {
        startWithTwoDirs();
        broker.crash();
        broker.failDir(1);
        broker.start();

        assertThat(broker.log(PARTITION).logEndOffset()).isEqualTo(1);
        assertThat(broker.superblock().directoryIds()).hasSize(1);
        broker.crash();
        broker.loseDirs();
        broker.start();
        assertThat(broker.rebuilt()).as("nothing is missing any more").isEqualTo(1);
    }

    /** The log is in the first of them. */
    private void startWithTwoDirs() throws IOException {
        broker.close();
        broker = new Broker(root.resolve("two"), 2)
                .sharedTopic("shared")
                .rebuildingFrom(store)
                .start();
        broker.logManager().maybeUpdatePreferredLogDir(PARTITION, broker.dir(0).getAbsolutePath());
        log = broker.create(PARTITION);
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();
    }

    @Test
    void a_rebuild_that_was_cut_short_is_begun_anew() throws Exception {
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        trim();
        State before = state(List.of());
        broker.crash();
        broker.loseDirs();
        broker.start();
        log = broker.log(PARTITION);
        broker.crash();
        File dir = broker.dirOf(PARTITION);
        broker.loseDirs();
        assertThat(new File(broker.dir(0), dir.getName() + ".0123456789abcdef0123456789abcdef-delete").mkdir())
                .isTrue();

        broker.start();
        log = broker.log(PARTITION);

        assertThat(composites()).hasSize(1);
        assertSame(before, state(below()));
        assertThat(store.calls().stream().filter(call -> call.kind() == SimulatedCall.Kind.UPLOAD))
                .isNotEmpty();
    }

    @Test
    void a_composite_segment_is_taken_back_when_what_it_names_is_condemned_meanwhile() throws Exception {
        uploadBelowAndAboveStart();
        State before = state(List.of());
        broker.rebuildingFrom(condemningBeforeTheFirstComposite(objectWith(0)));

        loseDiskAndRestart();

        assertThat(store.calls().stream().filter(call -> call.kind() == SimulatedCall.Kind.DELETE))
                .hasSize(1);
        assertThat(composites())
                .as("made of what is left")
                .isNotEmpty()
                .noneMatch(index -> index.objects().contains(objectWith(0)));
        assertThat(log.logEndOffset()).isEqualTo(before.end());
        assertThat(log.logStartOffset()).isEqualTo(before.start());
    }

    @Test
    void a_rebuild_whose_sources_keep_being_condemned_fails_and_says_what_to_do() throws Exception {
        uploadBelowAndAboveStart();
        broker.crash();
        broker.loseDirs();
        broker.rebuildingFrom(condemningTheFirstThatACompositeNames());

        assertThatThrownBy(() -> broker.start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Start the broker again")
                .hasMessageContaining("garbage collection condemns");
        assertThat(composites()).isEmpty();
        broker.die();
        broker.rebuildingFrom(store).start();
        log = broker.log(PARTITION);
        assertThat(log.logStartOffset()).isEqualTo(3);
        assertThat(composites().get(0).info().name().baseOffset()).isEqualTo(3);
    }

    @Test
    void a_composite_segment_that_nobody_looked_after_is_deleted_once_what_it_names_is_condemned() throws Exception {
        uploadBelowAndAboveStart();
        loseDiskAndRestart();
        SegmentName unlooked = composites().get(0).info().name();
        assertThat(unlooked.baseOffset()).isZero();
        condemn(objectWith(0));

        loseDiskAndRestart();

        assertThat(composites())
                .isNotEmpty()
                .noneMatch(index -> index.info().name().equals(unlooked))
                .noneMatch(index -> index.objects().contains(objectWith(0)));
        assertThat(log.logStartOffset()).isEqualTo(3);
    }

    @Test
    void a_composite_segment_that_a_snapshot_promises_is_kept_whatever_is_condemned() throws Exception {
        uploadBelowAndAboveStart();
        loseDiskAndRestart();
        SegmentInfo promised = composites().get(0).info();
        promise(promised, 0);
        condemn(objectWith(0));

        loseDiskAndRestart();

        assertThat(store.bucket().keys()).contains(Broker.KEYS.composite(promised.name()));
    }

    @Test
    void where_only_the_bucket_is_left_the_log_is_there_up_to_what_was_uploaded() throws Exception {
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        State uploaded = state(List.of());
        log.appendAsLeader(Batches.of("lost"), epoch);
        broker.awaitDurable();
        broker.crash();
        broker.loseDirs();
        broker.formatWal();

        LostWal lost = recover();

        assertThat(lost.partitions()).singleElement().satisfies(partition -> {
            assertThat(partition.topic()).isEqualTo("shared");
            assertThat(partition.endOffset()).isEqualTo(10);
            assertThat(partition.lastTimestamp()).isPresent();
        });
        broker.start();
        log = broker.log(PARTITION);
        assertThat(broker.rebuilt()).isEqualTo(1);
        assertSame(uploaded, state(below()));
        log.appendAsLeader(Batches.of("next"), epoch);
        broker.awaitDurable();
        uploads.upload(broker);
        trim();
        State before = state(below());
        loseDiskAndRestart();
        assertSame(before, state(below()));
    }

    private LostWal recover() throws IOException {
        LostWal lost = LostWal.find(store, Broker.KEYS, Broker.OWNER.nodeId()).orElseThrow();
        lost.seal();
        lost.continuation().write(broker.device(), lost.checkpoints());
        return lost;
    }

    @Test
    void recovering_again_after_being_killed_behind_the_seal_goes_on_in_a_later_generation() throws Exception {
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();
        uploads.upload(broker);
        broker.crash();
        broker.loseDirs();
        broker.formatWal();
        LostWal killed = LostWal.find(store, Broker.KEYS, Broker.OWNER.nodeId()).orElseThrow();
        killed.seal();

        LostWal lost = recover();

        assertThat(lost.nextEpoch()).isGreaterThan(killed.nextEpoch());
        assertThat(broker.superblock().epoch()).isEqualTo(lost.nextEpoch());
        assertThat(broker.superblock().walId()).isEqualTo(killed.walId());
        broker.start();
        log = broker.log(PARTITION);
        assertThat(log.logEndOffset()).isEqualTo(1);
    }

    @Test
    void a_wal_that_was_written_to_since_it_was_found_is_not_sealed() throws Exception {
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();
        uploads.upload(broker);
        LostWal found = LostWal.find(store, Broker.KEYS, Broker.OWNER.nodeId()).orElseThrow();
        log.appendAsLeader(Batches.of("b"), epoch);
        broker.awaitDurable();
        uploads.upload(broker);

        assertThatThrownBy(found::seal).isInstanceOf(ForeignWalException.class).hasMessageContaining("Stop the broker");
    }

    @Test
    void a_wal_that_holds_something_is_not_made_the_continuation_of_another() throws Exception {
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();
        uploads.upload(broker);
        broker.crash();
        LostWal found = LostWal.find(store, Broker.KEYS, Broker.OWNER.nodeId()).orElseThrow();
        Superblock before = broker.superblock();

        assertThatThrownBy(() -> found.continuation().write(broker.device(), found.checkpoints()))
                .isInstanceOf(ForeignWalException.class)
                .hasMessageContaining("isn't empty");
        assertThat(broker.superblock()).isEqualTo(before);
    }

    @Test
    void a_broker_with_an_empty_wal_does_not_begin_anew_what_the_bucket_has() throws Exception {
        LostWal.requireNone(store, Broker.KEYS, Broker.OWNER.nodeId(), "device", 0);
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();
        uploads.upload(broker);
        broker.crash();
        broker.formatWal();

        assertThatThrownBy(() -> LostWal.requireNone(store, Broker.KEYS, Broker.OWNER.nodeId(), "device", 0))
                .isInstanceOf(ForeignWalException.class)
                .hasMessageContaining("the WAL on device is empty")
                .hasMessageContaining("aquifer wal recover");
    }

    @Test
    void composite_segments_become_plain_ones_in_the_background_and_read_the_same() throws Exception {
        uploadBelowAndAboveStart();
        loseDiskAndRestart();
        CompositeIndex composite = composites().get(0);
        byte[] data = data(composite);
        CompositeRewriting rewriting = new CompositeRewriting(
                store,
                () -> new SimulatedObjectStore(SimulatedClock.eager(), store.bucket(), 1),
                Broker.KEYS,
                broker.runtime().logs()::sharedIds,
                Duration.ofMillis(100));
        rewriting.start();
        try {
            promise(composite.info(), 0);
            Eventually.holds(
                    "no composite is left",
                    () -> store.bucket().keys().stream()
                            .allMatch(key -> Broker.KEYS.compositeOf(key).isEmpty()));
        } finally {
            rewriting.stop();
        }

        SegmentIndex plain = new SegmentOpener(store, Broker.KEYS)
                .open(composite.info().name(), Optional.empty())
                .join();
        ByteBuffer bytes = ByteBuffer.allocate((int) plain.length(SegmentPart.DATA));
        store.get(Broker.KEYS.segment(composite.info().name()), 0, bytes).join();
        assertThat(bytes.array()).isEqualTo(data);
        State before = state(List.of());
        loseDiskAndRestart();
        assertSame(before, state(List.of()));
        assertThat(composites()).as("the plain one is what was tiered").isEmpty();
    }

    private void promise(SegmentInfo info, long number) {
        SnapshotSegment segment = new SnapshotSegment(info, 1, Optional.empty(), false);
        PartitionSnapshot snapshot =
                new PartitionSnapshot(uuid(), 0, number, 1, 1, new TreeMap<>(Map.of(1, 8L)), List.of(segment));
        store.putIfAbsent(Broker.KEYS.snapshot(uuid(), 0, number), snapshot.toBytes())
                .join();
    }

    /** Ten offsets in objects of a batch or more each; the log starts at 3. */
    private void uploadBelowAndAboveStart() throws Exception {
        uploads = new Uploads(store, 1);
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
            broker.awaitDurable();
        }
        log.updateHighWatermark(10);
        log.maybeIncrementLogStartOffset(3, LogStartOffsetIncrementReason.ClientRecordDeletion);
        broker.awaitDurable();
        uploads.upload(broker);
        trim();
    }

    /** The WAL object that holds an offset. */
    private WalObjectName objectWith(long offset) {
        WalObjects objects = new WalObjects(store, Broker.KEYS);
        return store.bucket().keys().stream()
                .flatMap(key -> Broker.KEYS.walObjectOf(key).stream())
                .filter(name -> objects.open(name).join().logs().values().stream()
                        .flatMap(List::stream)
                        .anyMatch(entry -> entry.kind() == WalEntryKind.DATA && entry.baseOffset() == offset))
                .findFirst()
                .orElseThrow();
    }

    private void condemn(WalObjectName object) {
        CollectionRecords records = new CollectionRecords(store, Broker.KEYS);
        Optional<CollectionRecord> newest = records.newest().join();
        CollectionRecord old = CollectionRecord.in(newest);
        NavigableMap<WalEpoch, LongRanges> condemned = new TreeMap<>(old.walObjects());
        LongRanges numbers = old.condemned(WalEpoch.of(object));
        numbers.add(object.sequence(), object.sequence() + 1);
        condemned.put(WalEpoch.of(object), numbers);
        long number = newest.map(record -> record.number() + 1).orElse(0L);
        assertThat(records.create(
                                new CollectionRecord(number, UUID.randomUUID(), 1, condemned, old.topics(), old.keys()))
                        .join())
                .isTrue();
    }

    private ObjectStore condemningBeforeTheFirstComposite(WalObjectName object) {
        AtomicBoolean condemned = new AtomicBoolean();
        return beforeEachComposite(name -> {
            if (condemned.compareAndSet(false, true)) {
                condemn(object);
            }
        });
    }

    private ObjectStore condemningTheFirstThatACompositeNames() {
        return beforeEachComposite(name -> condemn(objectWith(name.baseOffset())));
    }

    /** The store, with a collector that is at work while a composite segment is created. */
    private ObjectStore beforeEachComposite(Consumer<SegmentName> collector) {
        return (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("uploadIfAbsent")) {
                        Broker.KEYS.compositeOf((String) arguments[0]).ifPresent(collector);
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void an_idempotent_producer_goes_on_and_its_last_five_batches_are_known() throws Exception {
        for (int i = 0; i < 9; i++) {
            log.appendAsLeader(Batches.idempotent(7, i, "value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        trim();

        loseDiskAndRestart();

        assertThat(log.localLogStartOffset()).isEqualTo(4);
        for (int i = 4; i < 9; i++) {
            assertThat(log.appendAsLeader(Batches.idempotent(7, i, "value " + i), epoch)
                            .firstOffset())
                    .as("a repeated batch is known")
                    .isEqualTo(i);
        }
        assertThat(log.appendAsLeader(Batches.idempotent(7, 9, "value 9"), epoch)
                        .firstOffset())
                .isEqualTo(9);
    }

    @Test
    void an_open_transaction_stays_open_and_can_be_ended() throws Exception {
        log.appendAsLeader(Batches.of("plain"), epoch);
        transactional(7, 0, "first");
        for (int i = 0; i < 10; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        transactional(7, 1, "second");
        broker.awaitDurable();
        uploads.upload(broker);
        trim();

        loseDiskAndRestart();

        assertThat(log.localLogStartOffset()).isEqualTo(1);
        assertThat(log.producerStateManager().firstUndecidedOffset()).hasValue(1);
        end(7, ControlRecordType.ABORT);
        assertThat(log.producerStateManager().firstUndecidedOffset()).isEmpty();
    }

    private void transactional(long producer, int sequence, String value) {
        VerificationGuard guard = log.maybeStartTransactionVerification(producer, sequence, (short) 0, true);
        log.appendAsLeader(
                Batches.transactional(producer, sequence, value),
                epoch,
                AppendOrigin.CLIENT,
                RequestLocal.noCaching(),
                guard,
                (short) 1);
    }

    private void end(long producer, ControlRecordType type) {
        log.appendAsLeader(
                Batches.marker(producer, new EndTransactionMarker(type, 0)),
                epoch,
                AppendOrigin.COORDINATOR,
                RequestLocal.noCaching(),
                VerificationGuard.SENTINEL,
                (short) 1);
    }

    @Test
    void any_log_is_rebuilt_as_it_was() throws Exception {
        long seed = Long.getLong("aquifer.seed", RandomGenerator.getDefault().nextInt(Integer.MAX_VALUE));
        System.out.println("RebuildTest: seed " + seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        try {
            for (int round = 0; round < 4; round++) {
                new Life(random).live();
                broker.awaitDurable();
                State before = state(round == 0 ? List.of() : below());
                loseDiskAndRestart();
                assertSame(before, state(below()));
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + " fails: " + e.getMessage() + "\nTo reproduce: ./mvnw -pl kafka-distro -am test"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=RebuildTest -Daquifer.seed=" + seed,
                    e);
        }
    }

    private final Map<Long, Integer> sequences = new HashMap<>();

    /** Between two losses. */
    private final class Life {
        private final RandomGenerator random;

        Life(RandomGenerator random) {
            this.random = random;
        }

        void live() throws Exception {
            int actions = random.nextInt(5, 60);
            for (int i = 0; i < actions; i++) {
                act(i);
            }
        }

        private void act(int i) throws Exception {
            long producer = random.nextInt(PRODUCERS);
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> log.appendAsLeader(plain(), epoch);
                case 3, 4, 5 ->
                    log.appendAsLeader(
                            Batches.idempotent(100 + producer, next(100 + producer), "idempotent " + i), epoch);
                case 6, 7 -> transactional(200 + producer, next(200 + producer), "transactional " + i);
                case 8 ->
                    end(200 + producer, random.nextBoolean() ? ControlRecordType.ABORT : ControlRecordType.COMMIT);
                case 9 -> epoch++;
                case 10 -> {
                    broker.awaitDurable();
                    uploads.upload(broker);
                    if (random.nextBoolean()) {
                        trim();
                    }
                }
                default -> log.roll();
            }
        }

        private MemoryRecords plain() {
            Compression compression = random.nextBoolean() ? Compression.gzip().build() : Compression.NONE;
            SimpleRecord[] records = new SimpleRecord[random.nextInt(1, 5)];
            for (int r = 0; r < records.length; r++) {
                records[r] = new SimpleRecord(1_000 + random.nextInt(1_000), new byte[random.nextInt(3_000)]);
            }
            return MemoryRecords.withRecords(compression, records);
        }

        private int next(long producer) {
            return sequences.merge(producer, 1, Integer::sum) - 1;
        }
    }

    /** A broker that gets a log from the one that died, and makes it ready. */
    private TakeoverStaging.Result stageElsewhere() throws Exception {
        UUID walId = broker.superblock().walId();
        LogId id = broker.shared(PARTITION).id();
        broker.crash();
        Broker taker = new Broker(root.resolve("taker")).besides(broker).rebuildingFrom(store);
        taker.formatWal(WalTakeover.nextGeneration(1));
        broker = taker.start();
        uploads = new Uploads(store, 3);
        return staging()
                .stage(
                        Broker.OWNER.nodeId(),
                        walId,
                        List.of(new LogIncarnation(id.topicId(), id.partition(), id.incarnation())));
    }

    private TakeoverStaging staging() {
        return new TakeoverStaging(store, Broker.KEYS, 2, 1 << 20, broker.dirs(), new JnaNativeIo());
    }

    private TakenLogs expected() {
        TakenLogs logs = broker.runtime().logs().fromOthers();
        logs.expect(uuid(), PARTITION.partition(), "it isn't ready yet");
        return logs;
    }

    @Test
    void a_log_goes_on_with_another_broker_as_it_was_and_survives_that_ones_disk() throws Exception {
        for (int i = 0; i < 20; i++) {
            epoch = 1 + i / 10;
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        State before = state(List.of());

        TakenLog ready = stageElsewhere().taken().get(0);
        expected().ready(ready);
        log = broker.create(PARTITION);

        State taken = state(below());
        assertSame(before, taken);
        RecoveredLog inWal = broker.inWal(broker.shared(PARTITION).id());
        assertThat(inWal.resumesAt()).isEqualTo(log.localLogStartOffset());
        assertThat(inWal.endOffset()).isEqualTo(log.logEndOffset());
        assertThat(inWal.logStartOffset()).isEqualTo(log.logStartOffset());
        assertThat(broker.runtime().logs().fromOthers().isExpected(uuid(), 0)).isFalse();
        uploads.upload(broker);
        trim();
        loseDiskAndRestart();
        assertSame(before, state(below()));
    }

    @Test
    void a_log_that_is_to_come_is_not_begun_empty() throws Exception {
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();
        uploads.upload(broker);
        State before = state(List.of());
        TakenLog ready = stageElsewhere().taken().get(0);
        TakenLogs logs = expected();

        assertThatThrownBy(() -> broker.create(PARTITION))
                .isInstanceOf(KafkaStorageException.class)
                .hasMessageContaining("it isn't ready yet");

        logs.ready(ready);
        log = broker.create(PARTITION);
        assertSame(before, state(below()));
    }

    @Test
    void a_log_that_was_not_taken_as_a_whole_stays_refused_and_is_made_anew_at_the_next_start() throws Exception {
        for (int i = 0; i < 3; i++) {
            log.appendAsLeader(Batches.of("value " + i), epoch);
        }
        broker.awaitDurable();
        uploads.upload(broker);
        State before = state(List.of());
        UUID walId = broker.superblock().walId();
        TakenLog ready = stageElsewhere().taken().get(0);
        TakenLogs logs = expected();
        logs.ready(ready);
        cutStaged();

        for (String reason : List.of("it was made ready up to offset 3", "Restart the broker")) {
            assertThatThrownBy(() -> broker.create(PARTITION))
                    .isInstanceOf(KafkaStorageException.class)
                    .hasMessageContaining(reason);
        }
        assertThat(broker.shared(PARTITION)).isNull();
        broker.crash();
        LogIncarnation from = new LogIncarnation(
                ready.id().topicId(), ready.id().partition(), ready.id().incarnation());
        staging().removeUnfinished(List.of(from));
        broker.start();
        expected();
        broker.runtime()
                .logs()
                .fromOthers()
                .ready(staging()
                        .stage(Broker.OWNER.nodeId(), walId, List.of(from))
                        .taken()
                        .get(0));
        log = broker.create(PARTITION);
        assertSame(before, state(below()));
    }

    /** The last batch of what is made ready is lost. */
    private void cutStaged() throws IOException {
        for (File dir : broker.dirs().get(0).listFiles(File::isDirectory)) {
            for (File file : dir.listFiles((any, name) -> name.endsWith(".log"))) {
                try (FileChannel segment = FileChannel.open(file.toPath(), StandardOpenOption.WRITE)) {
                    segment.truncate(segment.size() - 1);
                }
            }
        }
    }

    @Test
    void a_log_that_no_object_describes_is_refused() throws Exception {
        log.appendAsLeader(Batches.of("a"), epoch);
        broker.awaitDurable();

        TakeoverStaging.Result result = stageElsewhere();

        assertThat(result.taken()).isEmpty();
        assertThat(result.refused()).hasSize(1);
    }
}
