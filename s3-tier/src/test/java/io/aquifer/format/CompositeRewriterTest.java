package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.CompositeRewriter.Outcome;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedObjectStore;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A composite segment becomes a plain one, and stays the segment that it is. */
class CompositeRewriterTest {

    private static final SegmentName NAME = CompositeFixtures.INFO.name();
    private static final String PLAIN = Segments.KEYS.segment(NAME);

    private final SimulatedBucket bucket = new SimulatedBucket();
    private final SimulatedObjectStore store = new SimulatedObjectStore(SimulatedClock.eager(), bucket, 0);
    private final CompositeRewriter rewriter = new CompositeRewriter(store, Segments.KEYS, 4096);
    private int snapshots;

    @BeforeEach
    void create() {
        bucket.create(CompositeFixtures.KEY, CompositeFixtures.object(), Instant.EPOCH);
        CompositeFixtures.putWalObjects(store);
        promise(false);
    }

    private void promise(boolean deleting) {
        SnapshotSegment segment = new SnapshotSegment(CompositeFixtures.INFO, 540, Optional.empty(), deleting);
        snapshot(List.of(segment));
    }

    private void snapshot(List<SnapshotSegment> segments) {
        PartitionSnapshot snapshot = new PartitionSnapshot(
                NAME.topicId(), NAME.partition(), snapshots, 5, 1, new TreeMap<>(Map.of(5, 109L)), segments);
        ByteBuffer bytes = snapshot.toBytes();
        byte[] object = new byte[bytes.remaining()];
        bytes.get(object);
        bucket.create(Segments.KEYS.snapshot(NAME.topicId(), NAME.partition(), snapshots), object, Instant.EPOCH);
        snapshots++;
    }

    private List<SegmentName> composites() {
        return CompositeRewriter.list(store, Segments.KEYS, NAME.topicId(), NAME.partition())
                .join();
    }

    private Outcome rewrite() {
        return rewriter.rewrite(NAME).join();
    }

    @Test
    void all_parts_are_in_the_plain_object_and_no_composite_is_left() {
        assertThat(composites()).containsExactly(NAME);

        assertThat(rewrite()).isEqualTo(Outcome.REWRITTEN);

        assertThat(composites()).isEmpty();
        SegmentIndex plain = new SegmentOpener(store, Segments.KEYS)
                .open(NAME, Optional.empty())
                .join();
        assertThat(plain.info()).isEqualTo(CompositeFixtures.INFO);
        assertThat(part(plain, SegmentPart.DATA)).isEqualTo(CompositeFixtures.data());
        CompositeFixtures.parts()
                .forEach((part, bytes) -> assertThat(part(plain, part)).isEqualTo(bytes));
    }

    private ByteBuffer part(SegmentIndex index, SegmentPart part) {
        ByteBuffer bytes = ByteBuffer.allocate((int) index.length(part));
        ObjectRange read = store.get(PLAIN, index.offset(part), bytes).join();
        assertThat(read).isNotNull();
        return bytes;
    }

    @Test
    void readers_find_the_same_segment_once_the_composite_is_gone() {
        SegmentLocation before = new Composites(store, Segments.KEYS)
                .open(NAME, Optional.empty())
                .join()
                .location();
        rewrite();

        OpenedSegment segment = new SegmentResolver(store, Segments.KEYS)
                .open(NAME, Optional.of(before))
                .join();

        assertThat(segment.key()).isEqualTo(PLAIN);
        assertThat(segment.dataLength()).isEqualTo(540);
    }

    @Test
    void what_was_cut_short_behind_the_plain_object_is_finished_without_copying_again() {
        rewrite();
        byte[] object = bucket.bytes(PLAIN);
        bucket.create(CompositeFixtures.KEY, CompositeFixtures.object(), Instant.EPOCH);
        long uploads = uploads();

        assertThat(rewrite()).isEqualTo(Outcome.EXISTED);
        assertThat(bucket.bytes(PLAIN)).isEqualTo(object);
        assertThat(composites()).isEmpty();
        assertThat(uploads()).isEqualTo(uploads);
        assertThat(rewrite()).isEqualTo(Outcome.GONE);
    }

    private long uploads() {
        return store.calls().stream()
                .filter(call -> call.kind() == SimulatedCall.Kind.UPLOAD)
                .count();
    }

    @Test
    void two_at_once_make_one_object_in_any_order_of_their_calls() {
        for (int seed = 0; seed < 100; seed++) {
            SimulatedClock clock = SimulatedClock.driven();
            CompositeRewriter one = new CompositeRewriter(stepped(clock, seed), Segments.KEYS, 4096);
            CompositeRewriter other = new CompositeRewriter(stepped(clock, ~seed), Segments.KEYS, 4096);
            CompletableFuture<Outcome> first = one.rewrite(NAME);
            CompletableFuture<Outcome> second = other.rewrite(NAME);
            clock.runAll();

            List<Outcome> outcomes = List.of(first.join(), second.join());
            assertThat(outcomes).as("seed %d", seed).containsOnlyOnce(Outcome.REWRITTEN);
            assertThat(outcomes).doesNotContain(Outcome.NOT_PROMISED);
            assertThat(bucket.keys()).contains(PLAIN).doesNotContain(CompositeFixtures.KEY);
            bucket.remove(PLAIN);
            bucket.create(CompositeFixtures.KEY, CompositeFixtures.object(), Instant.EPOCH);
        }
    }

    /** A store whose calls take effect when the clock goes on, but for ranges, for which uploads wait. */
    private ObjectStore stepped(SimulatedClock clock, int seed) {
        SimulatedObjectStore driven = new SimulatedObjectStore(clock, bucket, seed);
        return (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (proxy, method, arguments) ->
                        method.invoke(method.getName().equals("get") ? store : driven, arguments));
    }

    @Test
    void what_another_cut_into_other_chunks_is_the_same_segment() {
        new CompositeRewriter(store, Segments.KEYS, 8192).rewrite(NAME).join();
        bucket.create(CompositeFixtures.KEY, CompositeFixtures.object(), Instant.EPOCH);

        assertThat(rewrite()).isEqualTo(Outcome.EXISTED);
    }

    @Test
    void an_object_in_its_place_that_is_not_the_segment_is_refused() {
        bucket.create(PLAIN, new byte[400], Instant.EPOCH);

        assertThatThrownBy(this::rewrite).cause().isInstanceOf(ObjectFormatException.class);
        assertThat(composites()).containsExactly(NAME);
    }

    @Test
    void what_no_snapshot_promises_is_left_alone() {
        snapshot(List.of());

        assertThat(rewrite()).isEqualTo(Outcome.NOT_PROMISED);
        assertThat(bucket.keys()).doesNotContain(PLAIN);
    }

    @Test
    void a_segment_whose_deletion_has_begun_is_left_alone() {
        promise(true);

        assertThat(rewrite()).isEqualTo(Outcome.GONE);
        assertThat(bucket.keys()).doesNotContain(PLAIN);
    }

    @Test
    void a_deletion_that_begins_meanwhile_leaves_no_plain_object() {
        for (int at = 1; ; at++) {
            SimulatedClock clock = SimulatedClock.driven();
            CompletableFuture<Outcome> rewriting =
                    new CompositeRewriter(stepped(clock, at), Segments.KEYS, 4096).rewrite(NAME);
            for (int step = 0; step < at && !rewriting.isDone(); step++) {
                clock.runNext();
            }
            boolean late = rewriting.isDone();
            promise(true);
            if (late) {
                assertThat(at).isGreaterThan(5);
                return;
            }
            bucket.remove(PLAIN);
            bucket.remove(CompositeFixtures.KEY);
            clock.runAll();

            assertThat(bucket.keys()).as("deleted after %d steps", at).doesNotContain(PLAIN);
            bucket.create(CompositeFixtures.KEY, CompositeFixtures.object(), Instant.EPOCH);
            promise(false);
        }
    }

    @Test
    void damaged_data_is_not_copied() {
        bucket.damage(Segments.KEYS.walObject(WalFixtures.NAME), 140);

        assertThatThrownBy(this::rewrite).rootCause().isInstanceOf(DamagedObjectException.class);
        assertThat(bucket.keys()).doesNotContain(PLAIN);
    }

    @Test
    void a_wal_object_that_is_missing_is_an_error_and_a_composite_that_is_missing_is_none() {
        bucket.remove(Segments.KEYS.walObject(CompositeFixtures.OTHER));
        assertThatThrownBy(this::rewrite).rootCause().isInstanceOf(ObjectNotFoundException.class);
        assertThat(bucket.keys()).contains(CompositeFixtures.KEY).doesNotContain(PLAIN);

        bucket.remove(CompositeFixtures.KEY);
        assertThat(rewrite()).isEqualTo(Outcome.GONE);
        assertThat(store.calls()).noneMatch(call -> call.kind() == SimulatedCall.Kind.DELETE);
    }
}
