package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** The first and the last bytes of a device, where everything that lives on devices leaves its mark. */
final class DeviceEnds {

    /** How much is read at either end, in bytes. */
    static final int LENGTH = 1 << 20;

    private final long size;
    private final byte[] head;
    private final byte[] tail;

    private DeviceEnds(long size, byte[] head, byte[] tail) {
        this.size = size;
        this.head = head;
        this.tail = tail;
    }

    /** Reads both ends, taking {@code ignored} ranges for zeros. */
    static DeviceEnds read(BlockDevice device, AlignedMemory memory, List<ByteRange> ignored) throws IOException {
        long size = device.size();
        byte[] head = read(device, memory, 0, (int) Math.min(LENGTH, size), ignored);
        int rest = (int) Math.min(LENGTH, size - head.length);
        byte[] tail = read(device, memory, size - rest, rest, ignored);
        return new DeviceEnds(size, head, tail);
    }

    private static byte[] read(
            BlockDevice device, AlignedMemory memory, long position, int length, List<ByteRange> ignored)
            throws IOException {
        byte[] bytes = new byte[length];
        if (length > 0) {
            ByteBuffer buffer = memory.allocate(length);
            device.read(position, buffer);
            buffer.flip().get(bytes);
        }
        for (ByteRange range : ignored) {
            long from = Math.max(range.from() - position, 0);
            long to = Math.min(range.to() - position, length);
            if (from < to) {
                Arrays.fill(bytes, (int) from, (int) to, (byte) 0);
            }
        }
        return bytes;
    }

    /** Size of the device in bytes. */
    long size() {
        return size;
    }

    /** Whether {@code expected} stands at {@code position}; false where that was not read. */
    boolean has(long position, byte[] expected) {
        long inTail = position - (size - tail.length);
        return has(head, position, expected) || has(tail, inTail, expected);
    }

    private static boolean has(byte[] bytes, long at, byte[] expected) {
        return at >= 0
                && at <= bytes.length - expected.length
                && Arrays.equals(bytes, (int) at, (int) at + expected.length, expected, 0, expected.length);
    }

    /** The byte at a position of the first {@link #LENGTH}, 0 behind them. */
    int headByte(int position) {
        return position < head.length ? head[position] & 0xff : 0;
    }

    /** Where the first byte is that isn't zero. */
    OptionalLong firstData() {
        OptionalLong inHead = firstData(head, 0);
        return inHead.isPresent() ? inHead : firstData(tail, size - tail.length);
    }

    private static OptionalLong firstData(byte[] bytes, long position) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return OptionalLong.of(position + i);
            }
        }
        return OptionalLong.empty();
    }
}
