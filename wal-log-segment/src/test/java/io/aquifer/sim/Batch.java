package io.aquifer.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What the simulation appends: a record batch of Kafka's message format 2, whose records are bytes like no other batch's.
 *
 * @param number that no other batch has: its producer id
 * @param filler length of the records
 */
record Batch(long base, long last, long number, int filler) {

    private static final int HEADER = 61;
    private static final int CHECKED_FROM = 21;

    int length() {
        return HEADER + filler;
    }

    void writeTo(ByteBuffer target) {
        int start = target.position();
        target.putLong(base).putInt(length() - 12).putInt(5).put((byte) 2).putInt(0);
        target.putShort((short) 0)
                .putInt((int) (last - base))
                .putLong(base * 10)
                .putLong(base * 10);
        target.putLong(number).putShort((short) 0).putInt(0).putInt((int) (last - base) + 1);
        for (int i = 0; i < filler; i++) {
            target.put((byte) (number * 31 + i * 7L));
        }
        CRC32C crc = new CRC32C();
        crc.update(target.slice(start + CHECKED_FROM, length() - CHECKED_FROM));
        target.putInt(start + CHECKED_FROM - Integer.BYTES, (int) crc.getValue());
    }

    static byte[] bytes(List<Batch> batches) {
        ByteBuffer bytes =
                ByteBuffer.allocate(batches.stream().mapToInt(Batch::length).sum());
        batches.forEach(batch -> batch.writeTo(bytes));
        return bytes.array();
    }

    /** The batches in a record's payload, whose fillers are checked. */
    static List<Batch> parse(ByteBuffer payload) {
        List<Batch> batches = new ArrayList<>();
        while (payload.hasRemaining()) {
            int start = payload.position();
            long base = payload.getLong(start);
            Batch batch = new Batch(
                    base,
                    base + payload.getInt(start + 23),
                    payload.getLong(start + 43),
                    payload.getInt(start + 8) + 12 - HEADER);
            ByteBuffer expected = ByteBuffer.allocate(batch.length());
            batch.writeTo(expected);
            if (!expected.flip().equals(payload.slice(start, batch.length()))) {
                throw new AssertionError("the bytes of " + batch + " aren't what was appended");
            }
            batches.add(batch);
            payload.position(start + batch.length());
        }
        return batches;
    }
}
