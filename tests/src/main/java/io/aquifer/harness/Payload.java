package io.aquifer.harness;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record's value that says who sent it, as which of its records, and whether it is whole.
 *
 * <pre>
 * bytes  0..3   CRC32C of all that follows
 * bytes  4..7   producer
 * bytes  8..15  sequence of the record among those of its producer, from 0
 * bytes 16..    filler that differs from record to record and compresses little
 * </pre>
 */
public record Payload(int producer, long sequence) {

    /** The smallest value, in bytes. */
    public static final int MIN_BYTES = 16;

    private static final int CHECKED_FROM = Integer.BYTES;
    private static final byte[] FILLER = new byte[1 << 20];

    static {
        new Random(42).nextBytes(FILLER);
    }

    /** A value of {@code bytes} bytes. */
    public byte[] encode(int bytes) {
        if (bytes < MIN_BYTES || bytes > FILLER.length / 2) {
            throw new IllegalArgumentException("A value has " + MIN_BYTES + " to " + FILLER.length / 2 + " bytes");
        }
        byte[] value = new byte[bytes];
        int from = (int) ((sequence * 31 + producer) & (FILLER.length / 2 - 1));
        System.arraycopy(FILLER, from, value, MIN_BYTES, bytes - MIN_BYTES);
        ByteBuffer buffer = ByteBuffer.wrap(value);
        buffer.putInt(Integer.BYTES, producer).putLong(2 * Integer.BYTES, sequence);
        return buffer.putInt(0, checksum(value)).array();
    }

    /** What {@link #encode} wrote, or null where {@code value} isn't its work any more. */
    public static @Nullable Payload decode(byte @Nullable [] value) {
        if (value == null || value.length < MIN_BYTES) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        if (buffer.getInt(0) != checksum(value)) {
            return null;
        }
        return new Payload(buffer.getInt(Integer.BYTES), buffer.getLong(2 * Integer.BYTES));
    }

    private static int checksum(byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value, CHECKED_FROM, value.length - CHECKED_FROM);
        return (int) crc.getValue();
    }
}
