package io.aquifer.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the simulation appends in place of Kafka's record batches: offsets, and bytes like no other batch's.
 *
 * <p>32 bytes, then as many as {@link #filler} says: base offset, last offset, a number that no other batch has, length
 * of the filler (4), zero (4), filler.
 */
record Batch(long base, long last, long number, int filler) {

    private static final int HEADER = 32;

    int length() {
        return HEADER + filler;
    }

    void writeTo(ByteBuffer target) {
        target.putLong(base).putLong(last).putLong(number).putInt(filler).putInt(0);
        for (int i = 0; i < filler; i++) {
            target.put((byte) (number * 31 + i * 7L));
        }
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
            Batch batch = new Batch(payload.getLong(), payload.getLong(), payload.getLong(), payload.getInt());
            int start = payload.position() - (HEADER - Integer.BYTES);
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
