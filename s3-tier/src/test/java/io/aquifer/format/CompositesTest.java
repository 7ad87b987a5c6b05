package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.PutResult;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class CompositesTest {

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final Composites composites = new Composites(store, Segments.KEYS);

    @Test
    void what_was_created_is_opened_with_one_request() {
        assertThat(create()).isEqualTo(PutResult.CREATED);

        CompositeIndex index =
                composites.open(CompositeFixtures.INFO.name(), Optional.empty()).join();

        assertThat(index.info()).isEqualTo(CompositeFixtures.INFO);
        assertThat(index.pieces()).isEqualTo(CompositeFixtures.PIECES);
        assertThat(index.objects()).containsExactly(WalFixtures.NAME, CompositeFixtures.OTHER);
        assertThat(index.dataLength()).isEqualTo(540);
        assertThat(requests()).containsExactly(SimulatedCall.Kind.UPLOAD, SimulatedCall.Kind.GET_TAIL);
        assertThat(create()).isEqualTo(PutResult.SAME_EXISTS);
    }

    @Test
    void its_location_says_that_it_is_a_composite_and_where_its_index_is() {
        create();
        SegmentLocation location = open().location();

        assertThat(location.composite()).isTrue();
        assertThat(SegmentLocation.fromBytes(location.toBytes())).contains(location);
        assertThat(composites
                        .open(CompositeFixtures.INFO.name(), Optional.of(location))
                        .join()
                        .pieces())
                .isEqualTo(CompositeFixtures.PIECES);
        assertThat(requests()).endsWith(SimulatedCall.Kind.GET);
    }

    @Test
    void parts_are_found_and_verified_in_the_object_itself() {
        create();
        SegmentIndex parts = open().parts();

        CompositeFixtures.parts().forEach((part, bytes) -> {
            ByteBuffer found = ByteBuffer.allocate((int) parts.length(part));
            store.get(CompositeFixtures.KEY, parts.offset(part), found).join();
            assertThat(found).isEqualTo(bytes);
            assertThat(verified(parts, part, found)).isTrue();
            found.put(0, (byte) (found.get(0) + 1));
            assertThat(verified(parts, part, found)).isFalse();
        });
    }

    private static boolean verified(SegmentIndex parts, SegmentPart part, ByteBuffer bytes) {
        try {
            parts.verify(part, 0, bytes, "an object");
            return true;
        } catch (DamagedObjectException e) {
            return false;
        }
    }

    @Test
    void any_range_of_the_data_reads_as_if_the_batches_lay_one_behind_the_other() {
        create();
        CompositeFixtures.putWalObjects(store);
        CompositeIndex index = open();
        ByteBuffer data = CompositeFixtures.data();

        for (int from = 0; from < data.limit(); from++) {
            for (int to = from; to <= data.limit(); to += 7) {
                ByteBuffer target =
                        ByteBuffer.allocate(to - from + 2).position(1).limit(to - from + 1);
                composites.read(index.data(), from, target, Runnable::run).join();

                assertThat(target.remaining()).isEqualTo(to - from);
                assertThat(target).isEqualTo(data.slice(from, to - from));
                assertThat(target.array()[0]).isZero();
                assertThat(target.array()[to - from + 1]).isZero();
            }
        }
    }

    @Test
    void pieces_that_lie_near_each_other_come_with_one_request() {
        create();
        CompositeFixtures.putWalObjects(store);
        CompositeIndex index = open();
        int before = requests().size();

        composites
                .read(index.data(), 0, ByteBuffer.allocate(540), Runnable::run)
                .join();

        assertThat(requests().subList(before, requests().size()))
                .containsExactly(SimulatedCall.Kind.GET, SimulatedCall.Kind.GET);
    }

    @Test
    void no_flipped_bit_of_a_batch_is_handed_out() {
        create();
        CompositeIndex index = open();
        ByteBuffer data = CompositeFixtures.data();
        for (int at = 0; at < 449; at++) {
            CompositeFixtures.putWalObjects(store);
            byte[] damaged = WalFixtures.object();
            damaged[136 + at] ^= (byte) (1 << at % 8);
            replace(Segments.KEYS.walObject(WalFixtures.NAME), damaged);

            assertThatThrownBy(() -> composites
                            .read(index.data(), 0, ByteBuffer.allocate(data.limit()), Runnable::run)
                            .join())
                    .as("byte %d", at)
                    .cause()
                    .isInstanceOf(DamagedObjectException.class)
                    .hasMessageContaining(Segments.KEYS.walObject(WalFixtures.NAME))
                    .hasMessageContaining("with offsets 10");
        }
    }

    @Test
    void a_wal_object_that_is_gone_is_not_found() {
        create();
        CompositeIndex index = open();

        assertThatThrownBy(() -> composites
                        .read(index.data(), 0, ByteBuffer.allocate(10), Runnable::run)
                        .join())
                .cause()
                .isInstanceOf(ObjectNotFoundException.class);
    }

    @Test
    void a_cancelled_read_ends_its_requests_and_writes_nothing_any_more() {
        SimulatedClock clock = SimulatedClock.driven();
        SimulatedObjectStore held = new SimulatedObjectStore(clock, new SimulatedBucket(), 7);
        CompositeFixtures.putWalObjects(held);
        create();
        ByteBuffer target = ByteBuffer.allocate(540);

        CompletableFuture<Void> read =
                new Composites(held, Segments.KEYS).read(open().data(), 0, target, Runnable::run);
        assertThat(held.calls()).hasSize(2);
        read.cancel(true);
        clock.runAll();

        assertThat(read).isCancelled();
        assertThat(target).isEqualTo(ByteBuffer.allocate(540));
    }

    @Test
    void the_checksum_of_batches_is_known_from_their_headers() {
        CompositePiece first = pieceOf(WalFixtures.PLAIN, 136);
        CompositePiece second = pieceOf(WalFixtures.TRANSACTIONAL, 136 + 261);
        CompositePiece third = pieceOf(WalFixtures.MARKER, 508);

        assertThat(CompositePieces.joined(List.of(first, second, third)).list())
                .containsExactly(new CompositePiece(
                        WalFixtures.NAME,
                        136,
                        449,
                        100,
                        107,
                        Checksum.of(WalFixtures.DATA, 0, WalFixtures.DATA.limit())));
        assertThat(CompositePieces.joined(List.of(first, third)).list()).containsExactly(first, third);
    }

    private static CompositePiece pieceOf(TestBatch batch, int position) {
        return CompositePiece.of(WalFixtures.NAME, BatchHeader.readFrom(batch.bytes(), position, batch.length()));
    }

    @Test
    void a_composite_under_another_name_is_refused() {
        SegmentName other = Segments.NAME;
        store.bucket().create(Segments.KEYS.composite(other), CompositeFixtures.object(), Instant.EPOCH);

        assertThatThrownBy(() -> composites.open(other, Optional.empty()).join())
                .cause()
                .isInstanceOf(ForeignObjectException.class)
                .hasMessageContaining("holds another composite segment");
    }

    @Test
    void its_key_is_told_from_that_of_a_segment_object() {
        SegmentName name = CompositeFixtures.INFO.name();
        String segment = Segments.KEYS.segment(name);

        assertThat(Segments.KEYS.compositeOf(CompositeFixtures.KEY)).contains(name);
        assertThat(Segments.KEYS.segmentOf(CompositeFixtures.KEY)).isEmpty();
        assertThat(Segments.KEYS.compositeOf(segment)).isEmpty();
        assertThat(Segments.KEYS.compositeOf("-composite")).isEmpty();
        assertThat(CompositeFixtures.KEY).startsWith(segment);
    }

    private PutResult create() {
        return composites
                .create(CompositeFixtures.INFO, CompositeFixtures.parts(), CompositeFixtures.PIECES)
                .join();
    }

    private CompositeIndex open() throws CompletionException {
        return composites.open(CompositeFixtures.INFO.name(), Optional.empty()).join();
    }

    private void replace(String key, byte[] bytes) {
        store.bucket().remove(key);
        store.bucket().create(key, bytes, Instant.EPOCH);
    }

    private List<SimulatedCall.Kind> requests() {
        return store.calls().stream().map(SimulatedCall::kind).toList();
    }
}
