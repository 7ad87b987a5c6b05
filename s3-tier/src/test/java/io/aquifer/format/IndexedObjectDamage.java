package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedObjectStore;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with an object that ends in index and trailer has a name, and nothing of it is taken for what it isn't. */
abstract class IndexedObjectDamage {

    /** The object under test. */
    final byte[] object;

    /** Where its index begins. */
    final int body;

    final int trailer;

    private final String key;
    private final String kind;
    private final SimulatedObjectStore store = SimulatedObjectStore.eager();

    /** @param kind what such an object is called where it is none */
    IndexedObjectDamage(String key, String kind, byte[] object, int body) {
        this.key = key;
        this.kind = kind;
        this.object = object;
        this.body = body;
        this.trailer = object.length - ObjectTrailer.SIZE;
    }

    /** Reads the object that is in the store, and answers its index with the trailer. */
    abstract ByteBuffer open();

    final SimulatedObjectStore store() {
        return store;
    }

    @Test
    void no_flipped_bit_of_index_or_trailer_goes_unnoticed() {
        for (int position = body; position < object.length; position++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = object.clone();
                damaged[position] ^= (byte) (1 << bit);
                replace(damaged);

                assertThatOpening()
                        .as("bit %d of byte %d of %d", bit, position, object.length)
                        .isInstanceOf(
                                position >= trailer && position < trailer + 8
                                        ? ForeignObjectException.class
                                        : DamagedObjectException.class)
                        .hasMessageContaining(key);
            }
        }
    }

    /** A writer gone wrong, not damage: the checksums are right. What makes no sense still must not be believed. */
    @Test
    void an_index_that_makes_no_sense_is_damage_though_its_checksum_is_right() {
        int refused = 0;
        for (int position = body; position < trailer; position++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] forged = object.clone();
                forged[position] = (byte) value;
                replace(sealed(forged));
                try {
                    assertThat(open().remaining()).isEqualTo(object.length - body);
                } catch (CompletionException e) {
                    assertThat(e.getCause()).as("byte %d", position).isInstanceOf(ObjectFormatException.class);
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void lengths_in_the_trailer_that_make_no_sense_are_named() {
        int index = trailer - body;
        for (int length : new int[] {-1, 0, 63, object.length - 31, Integer.MAX_VALUE}) {
            assertThatField(trailer + 24, length).hasMessageContaining("an index of " + length + " bytes");
        }
        for (int length : new int[] {index - 1, index + 1}) {
            assertThatField(trailer + 24, length).hasMessageContaining("bytes of the index of");
        }
        assertThatField(trailer + 20, object.length + 1)
                .hasMessageContaining("its trailer says " + (object.length + 1));
    }

    @Test
    void no_object_that_was_cut_off_opens() {
        for (int length = 1; length < object.length; length++) {
            replace(Arrays.copyOf(object, length));

            assertThatOpening()
                    .as("%d of %d bytes", length, object.length)
                    .isInstanceOf(ForeignObjectException.class)
                    .hasMessageContaining("isn't a " + kind)
                    .hasMessageContaining(key);
        }
    }

    @Test
    void a_newer_version_is_told_from_damage() {
        byte[] newer = object.clone();
        ByteBuffer.wrap(newer).putShort(trailer + 8, (short) 2);
        replace(sealed(newer));

        assertThatOpening()
                .isInstanceOf(UnsupportedObjectVersionException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("Use the release that wrote it");
    }

    /** With checksums that fit its index and trailer. */
    final byte[] sealed(byte[] changed) {
        ByteBuffer end = ByteBuffer.wrap(changed).slice(trailer, ObjectTrailer.SIZE);
        end.putInt(28, Checksum.of(ByteBuffer.wrap(changed), body, trailer - body));
        end.putInt(12, Checksum.withHole(end, 0, ObjectTrailer.SIZE, 12));
        return changed;
    }

    final AbstractThrowableAssert<?, ? extends Throwable> assertThatField(int position, int value) {
        byte[] forged = object.clone();
        ByteBuffer.wrap(forged).putInt(position, value);
        replace(sealed(forged));
        return assertThatOpening().isInstanceOf(DamagedObjectException.class).hasMessageContaining(key);
    }

    final void replace(byte[] bytes) {
        store.bucket().remove(key);
        store.bucket().create(key, bytes, Instant.EPOCH);
    }

    final AbstractThrowableAssert<?, ? extends Throwable> assertThatOpening() {
        return assertThatThrownBy(this::open)
                .isInstanceOf(CompletionException.class)
                .cause();
    }
}
