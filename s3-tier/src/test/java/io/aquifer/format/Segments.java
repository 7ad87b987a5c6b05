package io.aquifer.format;

import io.aquifer.object.ObjectContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Segments for tests. */
final class Segments {

    static final ClusterKeys KEYS = ClusterKeys.of("prefix", "cluster");
    static final SegmentName NAME = new SegmentName(
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            0x41424344,
            0x1112131415161718L,
            0x1112131415161799L,
            7,
            UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100"));
    static final SegmentInfo INFO = new SegmentInfo(
            NAME,
            0x2122232425262728L,
            0x3132333435363738L,
            0x51525354,
            true,
            new TreeMap<>(Map.of(3, 0x1112131415161710L, 7, 0x1112131415161730L)));
    static final int CHUNK = 4096;

    private Segments() {}

    static byte[] data(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + i / 256);
        }
        return bytes;
    }

    /** All parts but the transaction index. */
    static Map<SegmentPart, byte[]> parts(byte[] data) {
        Map<SegmentPart, byte[]> parts = new EnumMap<>(SegmentPart.class);
        parts.put(SegmentPart.DATA, data);
        parts.put(SegmentPart.OFFSET_INDEX, ascending(0, 16));
        parts.put(SegmentPart.TIME_INDEX, ascending(100, 24));
        parts.put(SegmentPart.PRODUCER_SNAPSHOT, "snapshot".getBytes(StandardCharsets.UTF_8));
        parts.put(SegmentPart.LEADER_EPOCHS, "0\n1\n3 0\n".getBytes(StandardCharsets.UTF_8));
        return parts;
    }

    private static byte[] ascending(int first, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }

    static SegmentContent content(Map<SegmentPart, byte[]> parts) {
        Map<SegmentPart, ObjectContent> contents = new EnumMap<>(SegmentPart.class);
        parts.forEach((part, bytes) -> contents.put(part, ObjectContent.of(ByteBuffer.wrap(bytes))));
        return new SegmentContent(INFO, contents, CHUNK);
    }

    /** All bytes of an object, in one read. */
    static byte[] bytes(ObjectContent content) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) content.length());
        content.read(0, buffer);
        return buffer.array();
    }
}
