package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with a composite segment has a name, and nothing of it is taken for what it isn't. */
class CompositeDamageTest {

    private static final byte[] OBJECT = CompositeFixtures.object();
    private static final int BODY = 16 + 24 + 7 + 8 + 8;
    private static final int TRAILER = OBJECT.length - ObjectTrailer.SIZE;
    private static final int SEGMENT_INDEX = SegmentIndex.FIXED_SIZE + 2 * 12 + 5 * 4;
    private static final int OBJECTS = BODY + 4 + SEGMENT_INDEX;
    private static final int PIECES = OBJECTS + 4 + 2 * 20;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final Composites composites = new Composites(store, Segments.KEYS);

    @Test
    void no_flipped_bit_of_index_or_trailer_goes_unnoticed() {
        for (int position = BODY; position < OBJECT.length; position++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = OBJECT.clone();
                damaged[position] ^= (byte) (1 << bit);
                replace(damaged);

                assertThatOpening()
                        .as("bit %d of byte %d of %d", bit, position, OBJECT.length)
                        .isInstanceOf(
                                position >= TRAILER && position < TRAILER + 8
                                        ? ForeignObjectException.class
                                        : DamagedObjectException.class)
                        .hasMessageContaining(CompositeFixtures.KEY);
            }
        }
    }

    /** A writer gone wrong, not damage: the checksums are right. What makes no sense still must not be believed. */
    @Test
    void an_index_that_makes_no_sense_is_damage_though_its_checksum_is_right() {
        int refused = 0;
        for (int position = BODY; position < TRAILER; position++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] forged = OBJECT.clone();
                forged[position] = (byte) value;
                replace(sealed(forged));
                try {
                    CompositeIndex index = open();
                    assertThat(index.withTrailer().remaining()).isEqualTo(OBJECT.length - BODY);
                } catch (CompletionException e) {
                    assertThat(e.getCause()).as("byte %d", position).isInstanceOf(ObjectFormatException.class);
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void fields_that_make_no_sense_are_named() {
        int parts = BODY + 4;
        int piece = PIECES + 4;
        assertThatField(BODY, 0).hasMessageContaining("a segment index of 0 bytes");
        assertThatField(BODY, 131).hasMessageContaining("a segment index of 131 bytes");
        assertThatField(BODY, Integer.MAX_VALUE).hasMessageContaining("a segment index of 2147483647 bytes");
        assertThatField(BODY, SEGMENT_INDEX - 1).hasMessageContaining("5 chunks in an index of");
        assertThatField(parts + 84, 1).hasMessageContaining("chunks in an index of");
        assertThatField(parts + 92, 17).hasMessageContaining("its parts make an object of");
        assertThatField(parts + 64, -1).hasMessageContaining("partition -1");
        assertThatField(parts + 76, 2).hasMessageContaining("transaction index empty: 2");
        assertThatField(parts + 36, 101).hasMessageContaining("where 101 to 109 are left");
        assertThatField(parts + 44, 108).hasMessageContaining("where 108 to 108 are left");
        assertThatField(OBJECTS, 0).hasMessageContaining("0 WAL objects");
        assertThatField(OBJECTS, Integer.MAX_VALUE).hasMessageContaining("2147483647 WAL objects");
        assertThatField(OBJECTS, 1).hasMessageContaining("pieces where");
        assertThatField(OBJECTS + 4, -1).hasMessageContaining("of broker -1");
        assertThatField(PIECES, 0).hasMessageContaining("0 pieces");
        assertThatField(PIECES, 4).hasMessageContaining("4 pieces where");
        assertThatField(PIECES, 2).hasMessageContaining("32 bytes behind them");
        assertThatField(piece, 2).hasMessageContaining("a piece of WAL object 2 of 2");
        assertThatField(piece, -1).hasMessageContaining("a piece of WAL object -1 of 2");
        assertThatField(piece + 4, -1).hasMessageContaining("at position -1");
        assertThatField(piece + 8, 0).hasMessageContaining("a piece of 0 bytes");
        assertThatField(piece + 8, Integer.MAX_VALUE).hasMessageContaining("a piece of 2147483647 bytes");
        assertThatField(piece + 20, 99).hasMessageContaining("a piece of offsets 99 to 106 where 100");
        assertThatField(piece + 28, 99).hasMessageContaining("offsets 100 to 99");
        assertThatField(piece + 28, 107).hasMessageContaining("a piece of offsets 107 to 107 where 108");
        assertThatField(piece + 2 * 32 + 28, 110).hasMessageContaining("a piece of offsets 108 to 110");
    }

    @Test
    void lengths_in_the_trailer_that_make_no_sense_are_named() {
        int index = TRAILER - BODY;
        for (int length : new int[] {-1, 0, 63, OBJECT.length - 31, Integer.MAX_VALUE}) {
            assertThatField(TRAILER + 24, length).hasMessageContaining("an index of " + length + " bytes");
        }
        for (int length : new int[] {index - 1, index + 1}) {
            assertThatField(TRAILER + 24, length).hasMessageContaining("bytes of the index of");
        }
        assertThatField(TRAILER + 20, OBJECT.length + 1)
                .hasMessageContaining("its trailer says " + (OBJECT.length + 1));
    }

    @Test
    void no_object_that_was_cut_off_opens() {
        for (int length = 1; length < OBJECT.length; length++) {
            replace(Arrays.copyOf(OBJECT, length));

            assertThatOpening()
                    .as("%d of %d bytes", length, OBJECT.length)
                    .isInstanceOf(ForeignObjectException.class)
                    .hasMessageContaining("isn't a composite segment");
        }
    }

    @Test
    void a_newer_version_is_told_from_damage() {
        byte[] newer = OBJECT.clone();
        ByteBuffer.wrap(newer).putShort(TRAILER + 8, (short) 2);
        replace(sealed(newer));

        assertThatOpening()
                .isInstanceOf(UnsupportedObjectVersionException.class)
                .hasMessageContaining("version 2");
    }

    /** With checksums that fit its index and trailer. */
    private static byte[] sealed(byte[] object) {
        ByteBuffer trailer = ByteBuffer.wrap(object).slice(TRAILER, ObjectTrailer.SIZE);
        trailer.putInt(28, Checksum.of(ByteBuffer.wrap(object), BODY, TRAILER - BODY));
        trailer.putInt(12, Checksum.withHole(trailer, 0, ObjectTrailer.SIZE, 12));
        return object;
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatField(int position, int value) {
        byte[] forged = OBJECT.clone();
        ByteBuffer.wrap(forged).putInt(position, value);
        replace(sealed(forged));
        return assertThatOpening()
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining(CompositeFixtures.KEY);
    }

    private void replace(byte[] bytes) {
        store.bucket().remove(CompositeFixtures.KEY);
        store.bucket().create(CompositeFixtures.KEY, bytes, Instant.EPOCH);
    }

    private CompositeIndex open() {
        return composites.open(CompositeFixtures.INFO.name(), Optional.empty()).join();
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatOpening() {
        return assertThatThrownBy(this::open)
                .isInstanceOf(CompletionException.class)
                .cause();
    }
}
