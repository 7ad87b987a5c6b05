package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of a seal, byte for byte, and what is refused. The file was not written by the code that it holds: it follows the
 * table in the Javadoc. It never changes; a new version gets a file of its own.
 */
class WalSealTest {

    private static final WalSeal CONTINUED = WalSeal.continued(
            WalFixtures.NAME,
            WalFixtures.WAL_ID,
            UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100"),
            0x1112131415161719L,
            Instant.ofEpochMilli(0x19abcdef012L));
    private static final String KEY = Segments.KEYS.walObject(WalFixtures.NAME);
    private static final int TRAILER = WalSeal.SIZE;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final WalChain chain = new WalChain(store, Segments.KEYS);

    @Test
    void a_seal_is_written_as_in_version_1() throws IOException {
        assertThat(HexFormat.of().formatHex(CONTINUED.toBytes().array()))
                .isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void a_seal_of_version_1_is_read() throws IOException {
        put(golden());

        assertThat(chain.sealAt(WalFixtures.NAME).join()).contains(CONTINUED);
        assertThat(CONTINUED.continuedIn()).hasValue(CONTINUED.name().epoch() + 1);
    }

    @Test
    void a_seal_of_a_taker_names_it() {
        WalSeal seal = WalSeal.takenOver(WalFixtures.NAME, WalFixtures.WAL_ID, new UUID(1, 2), 77, Instant.EPOCH);
        chain.seal(seal).join();

        assertThat(chain.sealAt(WalFixtures.NAME).join()).contains(seal);
        assertThat(seal.continuedIn()).isEmpty();
        assertThat(seal.inWords()).contains("broker 77, which took it over", "1970-01-01T00:00:00Z");
        assertThat(CONTINUED.inWords()).contains("the broker's own opening in epoch");
    }

    @Test
    void no_flipped_bit_goes_unnoticed() {
        byte[] object = CONTINUED.toBytes().array();
        for (int position = 0; position < object.length; position++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = object.clone();
                damaged[position] ^= (byte) (1 << bit);
                put(damaged);

                assertThatReading()
                        .as("bit %d of byte %d", bit, position)
                        .isInstanceOf(
                                position >= TRAILER && position < TRAILER + 8
                                        ? ForeignObjectException.class
                                        : DamagedObjectException.class)
                        .hasMessageContaining(KEY);
            }
        }
    }

    @Test
    void fields_that_make_no_sense_are_named_though_the_checksum_is_right() {
        assertThatLong(48, -2).hasMessageContaining("to go on in epoch -2");
        assertThatLong(48, CONTINUED.name().epoch()).hasMessageContaining("to go on in epoch");
        assertThatLong(32, -1).hasMessageContaining("of epoch -1");
        assertThatLong(40, -1).hasMessageContaining("WAL object -1");
        assertThatLong(64, -1).hasMessageContaining("of broker -1");
        assertThatLong(64, 0x2122232400000001L).hasMessageContaining("broker 1 doesn't go on");
        assertThatLong(64, 0x21222324ffffffffL).hasMessageContaining("sealed by broker -1");
    }

    @Test
    void a_newer_version_is_told_from_damage() {
        byte[] newer = CONTINUED.toBytes().array();
        ByteBuffer.wrap(newer).putShort(TRAILER + 8, (short) 2);
        put(sealed(newer));

        assertThatReading()
                .isInstanceOf(UnsupportedObjectVersionException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("Use the release that wrote it");
    }

    @Test
    void a_seal_of_another_number_is_refused() {
        WalObjectName other =
                new WalObjectName(WalFixtures.NAME.nodeId(), WalFixtures.NAME.epoch(), WalFixtures.NAME.sequence() + 1);
        store.bucket()
                .create(Segments.KEYS.walObject(other), CONTINUED.toBytes().array(), Instant.EPOCH);

        assertThatThrownBy(() -> chain.sealAt(other).join())
                .cause()
                .isInstanceOf(ForeignObjectException.class)
                .hasMessageContaining("was copied from another key");
    }

    @Test
    void a_wal_object_is_no_seal_and_a_seal_no_wal_object() {
        put(WalFixtures.object());
        assertThat(chain.sealAt(WalFixtures.NAME).join()).isEmpty();

        put(CONTINUED.toBytes().array());
        assertThatThrownBy(() -> new WalObjects(store, Segments.KEYS)
                        .open(WalFixtures.NAME)
                        .join())
                .cause()
                .isInstanceOf(ForeignObjectException.class)
                .hasMessageContaining("isn't a WAL object");
    }

    @Test
    void what_is_as_long_as_a_seal_and_is_none_is_refused() {
        put(Arrays.copyOf(WalFixtures.object(), WalSeal.OBJECT_LENGTH));

        assertThatReading().isInstanceOf(ForeignObjectException.class).hasMessageContaining("isn't a seal of a WAL");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatLong(int position, long value) {
        byte[] forged = CONTINUED.toBytes().array();
        ByteBuffer.wrap(forged).putLong(position, value);
        put(sealed(forged));
        return assertThatReading().isInstanceOf(DamagedObjectException.class).hasMessageContaining(KEY);
    }

    /** With checksums that fit. */
    private static byte[] sealed(byte[] object) {
        ByteBuffer trailer = ByteBuffer.wrap(object).slice(TRAILER, ObjectTrailer.SIZE);
        trailer.putInt(28, Checksum.of(ByteBuffer.wrap(object), 0, TRAILER));
        trailer.putInt(12, Checksum.withHole(trailer, 0, ObjectTrailer.SIZE, 12));
        return object;
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatReading() {
        return assertThatThrownBy(() -> chain.sealAt(WalFixtures.NAME).join()).cause();
    }

    private void put(byte[] bytes) {
        store.bucket().remove(KEY);
        store.bucket().create(KEY, bytes, Instant.EPOCH);
    }

    private static byte[] golden() throws IOException {
        try (InputStream file = WalSealTest.class.getResourceAsStream("/golden/wal-seal-v1.hex")) {
            String hex = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replace("\n", ""));
        }
    }
}
