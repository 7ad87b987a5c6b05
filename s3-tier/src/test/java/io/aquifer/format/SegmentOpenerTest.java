package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SegmentOpenerTest {

    private static final byte[] DATA = Segments.data(3 * Segments.CHUNK + 100);
    private static final String KEY = Segments.KEYS.segment(Segments.NAME);

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private byte[] object;
    private Optional<SegmentLocation> location;

    @BeforeEach
    void put() throws IOException {
        SegmentContent content = Segments.content(Segments.parts(DATA));
        object = Segments.bytes(content);
        location = Optional.of(content.location());
        replace(object);
    }

    private void replace(byte[] bytes) {
        SimulatedBucket bucket = store.bucket();
        bucket.remove(KEY);
        bucket.create(KEY, bytes, Instant.EPOCH);
    }

    @Test
    void one_request_opens_an_object_whose_index_is_known() {
        assertThat(open(location).info()).isEqualTo(Segments.INFO);
        assertThat(requests()).containsExactly(SimulatedCall.Kind.GET);
    }

    @Test
    void one_request_opens_an_object_whose_index_is_not_longer_than_guessed() {
        assertThat(open(Optional.empty()).info()).isEqualTo(Segments.INFO);
        assertThat(requests()).containsExactly(SimulatedCall.Kind.GET_TAIL);
    }

    @Test
    void one_request_reads_all_of_a_small_object() {
        SegmentTail tail = opener().openTail(Segments.NAME, object.length + 1).join();

        for (SegmentPart part : SegmentPart.values()) {
            assertThat(tail.has(part)).isTrue();
            assertThat(tail.read(store, part).join())
                    .isEqualTo(
                            ByteBuffer.wrap(object, (int) tail.segment().parts().offset(part), (int)
                                    tail.segment().parts().length(part)));
        }
        assertThat(requests()).containsExactly(SimulatedCall.Kind.GET_TAIL);
    }

    @Test
    void what_is_not_in_the_tail_is_read_when_it_is_asked_for() {
        int tailBytes = object.length - 1;

        SegmentTail tail = opener().openTail(Segments.NAME, tailBytes).join();

        assertThat(tail.has(SegmentPart.OFFSET_INDEX)).isTrue();
        assertThat(tail.has(SegmentPart.DATA)).isFalse();
        assertThat(tail.read(store, SegmentPart.DATA).join()).isEqualTo(ByteBuffer.wrap(DATA));
        assertThat(requests()).containsExactly(SimulatedCall.Kind.GET_TAIL, SimulatedCall.Kind.GET);
    }

    @Test
    void a_part_that_is_damaged_is_not_answered_whether_it_was_read_with_the_index_or_not() {
        byte[] damaged = object.clone();
        damaged[DATA.length / 2] ^= 1;
        replace(damaged);

        for (int tailBytes : List.of(object.length, object.length - DATA.length)) {
            SegmentTail tail = opener().openTail(Segments.NAME, tailBytes).join();
            assertThatThrownBy(() -> tail.read(store, SegmentPart.DATA).join())
                    .cause()
                    .isInstanceOf(DamagedObjectException.class)
                    .hasMessageContaining(KEY);
        }
    }

    private SegmentOpener opener() {
        return new SegmentOpener(store, Segments.KEYS);
    }

    @Test
    void a_second_request_gets_an_index_that_is_longer() {
        SegmentOpener opener = new SegmentOpener(store, Segments.KEYS, ObjectTrailer.SIZE + 20);

        assertThat(opener.open(Segments.NAME, Optional.empty()).join().info()).isEqualTo(Segments.INFO);
        assertThat(requests()).containsExactly(SimulatedCall.Kind.GET_TAIL, SimulatedCall.Kind.GET);
    }

    @Test
    void an_object_that_was_rewritten_is_found_in_spite_of_its_old_location() {
        SegmentLocation known = location.orElseThrow();
        for (long length : List.of(known.objectLength() - 100, known.objectLength() + 100)) {
            assertThat(open(Optional.of(new SegmentLocation(false, length, known.indexLength())))
                            .info())
                    .isEqualTo(Segments.INFO);
        }
    }

    @Test
    void no_damaged_byte_of_index_or_trailer_goes_unnoticed() {
        int body = DATA.length + 16 + 24 + 8 + 8;
        for (int position = body; position < object.length; position++) {
            byte[] damaged = object.clone();
            damaged[position] ^= 0x10;
            replace(damaged);

            assertThatOpening().as("byte %d of %d", position, object.length).isInstanceOf(ObjectFormatException.class);
        }
    }

    @Test
    void no_object_that_was_cut_off_opens() {
        for (int length = 1; length < object.length; length += 37) {
            replace(Arrays.copyOf(object, length));

            assertThatOpening()
                    .as("%d of %d bytes", length, object.length)
                    .isInstanceOf(ForeignObjectException.class)
                    .hasMessageContaining("isn't a segment object")
                    .hasMessageContaining(KEY);
        }
    }

    @Test
    void bytes_before_the_object_are_noticed() {
        byte[] longer = new byte[object.length + 1];
        System.arraycopy(object, 0, longer, 1, object.length);
        replace(longer);

        assertThatOpening()
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining("has " + longer.length + " bytes, its trailer says " + object.length);
    }

    @Test
    void a_newer_version_is_told_from_damage() {
        ByteBuffer trailer = ByteBuffer.wrap(object, object.length - ObjectTrailer.SIZE, ObjectTrailer.SIZE)
                .slice();
        trailer.putShort(8, (short) 2);
        trailer.putInt(12, Checksum.withHole(trailer, 0, ObjectTrailer.SIZE, 12));
        replace(object);

        assertThatOpening()
                .isInstanceOf(UnsupportedObjectVersionException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("Use the release that wrote it");
    }

    @Test
    void an_object_under_another_segments_key_is_refused() throws IOException {
        SegmentName name = Segments.NAME;
        SegmentName other = new SegmentName(
                name.topicId(), 1, name.baseOffset(), name.endOffset(), name.leaderEpoch(), name.segmentId());
        store.bucket().create(Segments.KEYS.segment(other), object, Instant.EPOCH);

        assertThatThrownBy(() -> new SegmentOpener(store, Segments.KEYS)
                        .open(other, Optional.empty())
                        .join())
                .cause()
                .isInstanceOf(ForeignObjectException.class)
                .hasMessageContaining("holds another segment");
    }

    @Test
    void an_object_that_is_not_there_is_not_found() {
        store.bucket().remove(KEY);

        assertThatOpening().isInstanceOf(ObjectNotFoundException.class);
        assertThatThrownBy(() -> open(location)).cause().isInstanceOf(ObjectNotFoundException.class);
    }

    @Test
    void any_damaged_byte_of_any_part_fails_the_chunk_that_holds_it() throws IOException {
        SegmentIndex index = open(location);
        for (SegmentPart part : SegmentPart.values()) {
            int from = (int) index.offset(part);
            int length = (int) index.length(part);
            for (int position = 0; position < length; position += 97) {
                byte[] bytes = Arrays.copyOfRange(object, from, from + length);
                index.verify(part, 0, ByteBuffer.wrap(bytes), KEY);
                bytes[position]++;
                int chunk = position / Segments.CHUNK * Segments.CHUNK;
                int end = Math.min(chunk + Segments.CHUNK, length);

                assertThatThrownBy(() -> index.verify(part, chunk, ByteBuffer.wrap(bytes, chunk, end - chunk), KEY))
                        .isInstanceOf(DamagedObjectException.class)
                        .hasMessageContaining("at offset " + (from + chunk))
                        .hasMessageContaining(part.name())
                        .hasMessageContaining(KEY);
            }
        }
    }

    @Test
    void less_than_whole_chunks_is_not_verified() {
        SegmentIndex index = open(location);
        ByteBuffer bytes = ByteBuffer.wrap(DATA, 0, Segments.CHUNK - 1);

        assertThatThrownBy(() -> index.verify(SegmentPart.DATA, 0, bytes, KEY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.verify(SegmentPart.DATA, 1, bytes, KEY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private SegmentIndex open(Optional<SegmentLocation> known) {
        return new SegmentOpener(store, Segments.KEYS)
                .open(Segments.NAME, known)
                .join();
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatOpening() {
        return assertThatThrownBy(() -> open(Optional.empty()))
                .isInstanceOf(CompletionException.class)
                .cause();
    }

    private List<SimulatedCall.Kind> requests() {
        return store.calls().stream().map(SimulatedCall::kind).toList();
    }
}
