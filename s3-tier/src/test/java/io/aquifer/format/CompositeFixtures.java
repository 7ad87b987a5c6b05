package io.aquifer.format;

import io.aquifer.object.SimulatedObjectStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A composite segment of two WAL objects for tests. */
final class CompositeFixtures {

    static final WalObjectName OTHER = new WalObjectName(0x21222324, 0x1112131415161718L, 0x0102030405060709L);
    static final TestBatch LAST = TestBatch.plain(108, 109, 30);
    static final int LAST_POSITION = 72;

    static final SegmentInfo INFO = new SegmentInfo(
            new SegmentName(
                    WalFixtures.FIRST.topicId(), WalFixtures.FIRST.partition(), 100, 109, 5, Segments.NAME.segmentId()),
            1109,
            0x3132333435363738L,
            0x51525354,
            false,
            new TreeMap<>(Map.of(4, 90L, 5, 100L)));

    static final List<CompositePiece> PIECES = List.of(
            new CompositePiece(WalFixtures.NAME, 136, 372, 100, 106, crc(WalFixtures.PLAIN, WalFixtures.TRANSACTIONAL)),
            new CompositePiece(WalFixtures.NAME, 508, 77, 107, 107, crc(WalFixtures.MARKER)),
            new CompositePiece(OTHER, LAST_POSITION, 91, 108, 109, crc(LAST)));

    static final String KEY = Segments.KEYS.composite(INFO.name());

    private CompositeFixtures() {}

    private static int crc(TestBatch... batches) {
        ByteBuffer bytes = TestBatch.bytes(batches);
        return Checksum.of(bytes, 0, bytes.limit());
    }

    static ByteBuffer data() {
        return TestBatch.bytes(WalFixtures.PLAIN, WalFixtures.TRANSACTIONAL, WalFixtures.MARKER, LAST);
    }

    static Map<SegmentPart, ByteBuffer> parts() {
        Map<SegmentPart, ByteBuffer> parts = new EnumMap<>(SegmentPart.class);
        Segments.parts(new byte[0]).forEach((part, bytes) -> parts.put(part, ByteBuffer.wrap(bytes)));
        parts.remove(SegmentPart.DATA);
        parts.put(SegmentPart.TRANSACTION_INDEX, ByteBuffer.wrap("aborted".getBytes(StandardCharsets.UTF_8)));
        return parts;
    }

    static byte[] object() {
        ByteBuffer bytes = Composites.bytes(INFO, parts(), PIECES);
        byte[] object = new byte[bytes.remaining()];
        bytes.get(object);
        return object;
    }

    /** Puts what the composite segment refers to where it should be. */
    static void putWalObjects(SimulatedObjectStore store) {
        store.bucket().create(Segments.KEYS.walObject(WalFixtures.NAME), WalFixtures.object(), Instant.EPOCH);
        byte[] other = new byte[LAST_POSITION + LAST.length() + 5];
        LAST.bytes().get(0, other, LAST_POSITION, LAST.length());
        store.bucket().create(Segments.KEYS.walObject(OTHER), other, Instant.EPOCH);
    }
}
