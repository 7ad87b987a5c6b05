package io.aquifer.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CollectionRecords;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.Composites;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.LongRanges;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentContent;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A partition with offsets 0 to 29 in three WAL objects, of which the first ten are in a segment, too. */
class BucketCheckTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final UUID TOPIC = new UUID(1, 2);
    private static final LogIncarnation LOG = new LogIncarnation(TOPIC, 0, 77);
    private static final PartitionId PARTITION = new PartitionId(TOPIC, 0);

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final WalObjects walObjects = new WalObjects(store, KEYS);
    private final SegmentName plain = segment(0, 9);

    @BeforeEach
    void fill() throws IOException {
        WalWriter first = new WalWriter();
        first.checkpoint(LOG, 0, 0);
        first.data(LOG, 3, 0, 10);
        first.create(walObjects, wal(0));
        WalWriter second = new WalWriter();
        second.checkpoint(LOG, 0, 10);
        second.data(LOG, 3, 10, 20);
        second.create(walObjects, wal(1));
        WalWriter third = new WalWriter();
        third.data(LOG, 3, 20, 30);
        third.create(walObjects, wal(2));
        Map<SegmentPart, ObjectContent> parts = new EnumMap<>(SegmentPart.class);
        for (SegmentPart part : SegmentPart.values()) {
            parts.put(part, ObjectContent.of(ByteBuffer.wrap(new byte[100])));
        }
        store.uploadIfAbsent(KEYS.segment(plain), new SegmentContent(info(plain), parts, 4096))
                .join();
        promise(plain);
    }

    private static WalObjectName wal(long number) {
        return new WalObjectName(1, 0, number);
    }

    private static SegmentName segment(long base, long last) {
        return new SegmentName(TOPIC, 0, base, last, 3, new UUID(9, base));
    }

    private static SegmentInfo info(SegmentName name) {
        return new SegmentInfo(name, 0, 0, 1, true, new TreeMap<>(Map.of(3, name.baseOffset())));
    }

    private void promise(SegmentName... names) {
        List<SnapshotSegment> segments = List.of(names).stream()
                .map(name -> new SnapshotSegment(info(name), 100, Optional.empty(), false))
                .toList();
        String key = KEYS.snapshot(TOPIC, 0, 0);
        store.bucket().remove(key);
        store.bucket()
                .create(
                        key,
                        new PartitionSnapshot(TOPIC, 0, 0, 3, 1, new TreeMap<>(), segments)
                                .toBytes()
                                .array(),
                        Instant.EPOCH);
    }

    private void condemn(WalObjectName object) {
        TreeMap<WalEpoch, LongRanges> condemned = new TreeMap<>();
        condemned.put(WalEpoch.of(object), LongRanges.of(object.sequence(), object.sequence() + 1));
        new CollectionRecords(store, KEYS)
                .create(new CollectionRecord(0, UUID.randomUUID(), 1, condemned, new TreeSet<>(), new TreeSet<>()))
                .join();
    }

    private void damageEnd(String key) {
        store.bucket().damage(key, store.bucket().bytes(key).length - 30);
    }

    private BucketReport check() throws IOException {
        return new BucketCheck(store, KEYS).run();
    }

    private static PartitionCoverage only(BucketReport report) {
        assertThat(report.partitions()).hasSize(1);
        assertThat(report.partitions().get(0).partition()).isEqualTo(PARTITION);
        return report.partitions().get(0);
    }

    @Test
    void a_bucket_with_all_that_is_promised_is_whole_and_shows_where_it_is() throws IOException {
        BucketReport report = check();

        PartitionCoverage found = only(report);
        assertThat(report.problems()).isEmpty();
        assertThat(report.isWhole()).isTrue();
        assertThat(report.walObjects()).isEqualTo(3);
        assertThat(found.shared()).isTrue();
        assertThat(found.start()).isZero();
        assertThat(found.end()).isEqualTo(30);
        assertThat(found.plain()).isEqualTo(LongRanges.of(0, 10));
        assertThat(found.wal()).isEqualTo(LongRanges.of(0, 30));
        assertThat(found.composite().isEmpty()).isTrue();
        assertThat(found.gaps().isEmpty()).isTrue();
    }

    @Test
    void what_was_collected_is_not_missing() throws IOException {
        condemn(wal(0));
        assertThat(check().isWhole()).isTrue();
        assertThat(check().condemned()).isOne();

        store.bucket().remove(KEYS.walObject(wal(0)));

        BucketReport report = check();
        assertThat(report.problems()).isEmpty();
        assertThat(report.isWhole()).isTrue();
        assertThat(only(report).wal()).isEqualTo(LongRanges.of(10, 30));
    }

    @Test
    void what_is_neither_in_a_segment_nor_in_a_wal_object_is_a_gap() throws IOException {
        condemn(wal(0));
        store.bucket().remove(KEYS.walObject(wal(0)));
        store.bucket().remove(KEYS.segment(plain));

        BucketReport report = check();

        assertThat(report.isWhole()).isFalse();
        assertThat(only(report).gaps()).isEqualTo(LongRanges.of(0, 10));
        assertThat(report.problems()).extracting(Problem::key).containsExactly(KEYS.segment(plain));
    }

    @Test
    void a_wal_object_that_is_missing_is_found_by_what_lies_behind_it() throws IOException {
        store.bucket().remove(KEYS.walObject(wal(1)));

        BucketReport report = check();

        assertThat(report.isWhole()).isFalse();
        assertThat(report.problems()).extracting(Problem::key).containsExactly(KEYS.walObject(wal(2)));
        assertThat(report.problems().get(0).what()).contains("behind a gap");
    }

    @Test
    void a_wal_object_that_does_not_verify_is_named_and_its_offsets_are_a_gap() throws IOException {
        damageEnd(KEYS.walObject(wal(1)));

        BucketReport report = check();

        assertThat(report.problems()).extracting(Problem::key).containsExactly(KEYS.walObject(wal(1)));
        assertThat(only(report).gaps()).isEqualTo(LongRanges.of(10, 20));
    }

    @Test
    void a_segment_that_does_not_verify_is_named_and_covers_nothing() throws IOException {
        damageEnd(KEYS.segment(plain));

        BucketReport report = check();

        assertThat(report.isWhole()).isFalse();
        assertThat(report.problems()).extracting(Problem::key).containsExactly(KEYS.segment(plain));
        assertThat(only(report).plain().isEmpty()).isTrue();
        assertThat(only(report).gaps().isEmpty()).as("still in the WAL").isTrue();
    }

    @Test
    void a_snapshot_that_does_not_verify_is_named() throws IOException {
        damageEnd(KEYS.snapshot(TOPIC, 0, 0));

        assertThat(check().problems()).extracting(Problem::key).containsExactly(KEYS.snapshot(TOPIC, 0, 0));
    }

    @Test
    void a_look_at_what_goes_meanwhile_is_no_failure_of_the_store() {
        String snapshot = KEYS.snapshot(TOPIC, 0, 0);
        store.faults()
                .every(
                        call -> {
                            if (call.kind() == SimulatedCall.Kind.GET
                                    && call.key().equals(snapshot)) {
                                store.bucket().remove(snapshot);
                            }
                            return false;
                        },
                        SimulatedFault.NONE);

        assertThatThrownBy(() -> new BucketReader(store, KEYS, Long.MAX_VALUE).look())
                .isInstanceOf(ChangedMeanwhileException.class)
                .hasMessageContaining(snapshot);
    }

    @Test
    void a_composite_covers_what_it_names_for_as_long_as_that_is_there() throws IOException {
        SegmentName composite = segment(10, 19);
        Map<SegmentPart, ByteBuffer> parts = new EnumMap<>(SegmentPart.class);
        for (SegmentPart part : SegmentPart.values()) {
            if (part != SegmentPart.DATA) {
                parts.put(part, ByteBuffer.wrap(new byte[] {1}));
            }
        }
        WalObjectIndex index = walObjects.open(wal(1)).join();
        List<CompositePiece> pieces = index.logs().get(LOG).stream()
                .filter(entry -> entry.kind() == WalEntryKind.DATA)
                .flatMap(entry -> entry.batches().stream())
                .map(batch -> CompositePiece.of(wal(1), batch))
                .toList();
        new Composites(store, KEYS).create(info(composite), parts, pieces).join();
        promise(plain, composite);

        assertThat(check().isWhole()).isTrue();
        assertThat(only(check()).composite()).isEqualTo(LongRanges.of(10, 20));

        condemn(wal(1));
        store.bucket().remove(KEYS.walObject(wal(1)));

        BucketReport report = check();
        assertThat(report.problems()).extracting(Problem::key).contains(KEYS.walObject(wal(1)));
        assertThat(report.problems().toString()).contains(KEYS.composite(composite));
        assertThat(only(report).gaps()).isEqualTo(LongRanges.of(10, 20));
    }

    @Test
    void what_a_log_held_before_it_was_shared_is_not_a_gap() throws IOException {
        LogIncarnation other = new LogIncarnation(new UUID(5, 6), 4, 1);
        WalWriter writer = new WalWriter();
        writer.checkpoint(other, 0, 500);
        writer.data(other, 0, 500, 510);
        writer.create(walObjects, wal(3));

        BucketReport report = check();

        assertThat(report.isWhole()).isTrue();
        PartitionCoverage found = report.partitions().stream()
                .filter(each -> each.partition().equals(new PartitionId(new UUID(5, 6), 4)))
                .findFirst()
                .orElseThrow();
        assertThat(found.local()).isEqualTo(LongRanges.of(0, 500));
        assertThat(found.end()).isEqualTo(510);
    }

    @Test
    void objects_of_others_are_told_and_harm_nothing() throws IOException {
        store.bucket().create(KEYS.root() + "wal/notes", new byte[] {1}, Instant.EPOCH);

        BucketReport report = check();

        assertThat(report.isWhole()).isTrue();
        assertThat(report.foreign()).containsExactly(KEYS.root() + "wal/notes");
    }
}
