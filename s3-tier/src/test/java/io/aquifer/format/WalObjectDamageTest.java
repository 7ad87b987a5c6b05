package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with a WAL object has a name, and nothing of it is taken for what it isn't. */
class WalObjectDamageTest extends IndexedObjectDamage {

    private static final String KEY = Segments.KEYS.walObject(WalFixtures.NAME);
    private static final int BODY = WalFixtures.INFO.bodyLength();
    private static final byte[] OBJECT = WalFixtures.object();
    private static final int TRAILER = OBJECT.length - ObjectTrailer.SIZE;

    private final WalObjects objects = new WalObjects(store(), Segments.KEYS);

    WalObjectDamageTest() {
        super(KEY, "WAL object", OBJECT, BODY);
    }

    @Override
    ByteBuffer open() {
        return objects.open(WalFixtures.NAME).join().withTrailer();
    }

    @Test
    void an_index_that_is_shorter_or_longer_than_its_trailer_says_is_named() {
        for (int length : new int[] {64, OBJECT.length - 32}) {
            assertThatField(TRAILER + 24, length).hasMessageContaining("bytes of the index of");
        }
    }

    @Test
    void fields_that_make_no_sense_are_named() {
        int log = BODY + WalObjectIndex.FIXED_SIZE;
        int entry = log + 32;
        int batch = entry + WalEntry.FIXED_SIZE;
        assertThatField(BODY + 52, 513).hasMessageContaining("block size 513");
        assertThatField(BODY + 56, 1024).hasMessageContaining("a payload of");
        assertThatField(BODY + 56, 1536).hasMessageContaining("a body of 1536 bytes where 2048");
        assertThatField(BODY + 56, 4096).hasMessageContaining("a body of 4096 bytes for positions");
        assertThatField(BODY + 60, 3).hasMessageContaining("2 logs where 3 were counted");
        assertThatField(BODY + 48, -1).hasMessageContaining("of broker -1");
        assertThatField(log + 24, -1).hasMessageContaining("partition -1");
        assertThatField(log + 28, 0).hasMessageContaining("0 entries of");
        assertThatField(log + 28, -1).hasMessageContaining("-1 entries of");
        assertThatField(log + 28, Integer.MAX_VALUE).hasMessageContaining("entry");
        assertThatField(entry, 0).hasMessageContaining("an entry of kind 0");
        assertThatField(entry, 7 << 24).hasMessageContaining("an entry of kind 7");
        assertThatField(entry + 32, -1).hasMessageContaining("at position -1");
        assertThatField(entry + 32, BODY - 10).hasMessageContaining("a payload of");
        assertThatField(entry + 36, -1).hasMessageContaining("a payload of -1 bytes");
        assertThatField(entry + 36, Integer.MAX_VALUE).hasMessageContaining("invalid");
        assertThatField(entry + 36, 0).hasMessageContaining("data without a batch");
        assertThatField(entry + 12, 99).hasMessageContaining("in an entry of 99 to 107");
        assertThatField(entry + 20, 108).hasMessageContaining("in an entry of 100 to 108");
        assertThatField(batch + 4, 99).hasMessageContaining("where 100 comes next");
        assertThatField(batch + 8, 48).hasMessageContaining("length 48");
        assertThatField(batch + 8, Integer.MAX_VALUE).hasMessageContaining("length 2147483647");
        assertThatField(batch + 16, 1 << 24).hasMessageContaining("magic 1");
        assertThatField(batch + 23, -1).hasMessageContaining("offsets 100 to 99");
        assertThatField(batch + 23, 5).hasMessageContaining("where 106 comes next");
    }

    @Test
    void two_logs_with_one_name_are_refused() {
        byte[] forged = OBJECT.clone();
        int first = BODY + WalObjectIndex.FIXED_SIZE;
        int second = TRAILER - BatchHeader.SIZE - WalEntry.FIXED_SIZE - 32;
        System.arraycopy(forged, first, forged, second, 28);
        replace(sealed(forged));

        assertThatOpening().isInstanceOf(DamagedObjectException.class).hasMessageContaining("is there twice");
    }

    @Test
    void bytes_before_the_object_are_noticed() {
        byte[] longer = new byte[OBJECT.length + 1];
        System.arraycopy(OBJECT, 0, longer, 1, OBJECT.length);
        replace(longer);

        assertThatOpening()
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining("has " + longer.length + " bytes, its trailer says " + OBJECT.length);
    }

    @Test
    void a_segment_object_is_no_wal_object() throws IOException {
        replace(Segments.bytes(Segments.content(Segments.parts(Segments.data(100)))));

        assertThatOpening().isInstanceOf(ForeignObjectException.class).hasMessageContaining("isn't a WAL object");
    }

    @Test
    void no_flipped_bit_of_a_payload_is_handed_out() {
        for (int at = 0; at < WalFixtures.DATA.limit(); at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = OBJECT.clone();
                damaged[WalFixtures.DATA_POSITION + at] ^= (byte) (1 << bit);
                replace(damaged);
                WalEntry entry = objects.open(WalFixtures.NAME)
                        .join()
                        .logs()
                        .get(WalFixtures.FIRST)
                        .get(0);

                assertThatThrownBy(() -> objects.read(WalFixtures.NAME, entry).join())
                        .as("bit %d of byte %d of the payload", bit, at)
                        .cause()
                        .isInstanceOf(DamagedObjectException.class)
                        .hasMessageContaining("payload at position 136")
                        .hasMessageContaining(KEY);
            }
        }
    }

    @Test
    void a_whole_batch_that_belongs_elsewhere_is_not_handed_out() {
        byte[] swapped = OBJECT.clone();
        ByteBuffer other =
                TestBatch.plain(200, 204, WalFixtures.PLAIN.bodyLength()).bytes();
        other.get(0, swapped, WalFixtures.DATA_POSITION, other.limit());
        replace(swapped);

        assertThatThrownBy(() ->
                        objects.read(WalFixtures.NAME, WalFixtures.DATA_ENTRY).join())
                .cause()
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining("the batch of offsets 100 to 104 at position 136");
    }

    @Test
    void only_a_whole_payload_of_data_is_verified() {
        ByteBuffer part = WalFixtures.DATA.slice(0, 100);

        assertThatThrownBy(() -> WalFixtures.DATA_ENTRY.verify(part, KEY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WalFixtures.CHECKPOINT.verify(WalFixtures.TOPIC, KEY))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
