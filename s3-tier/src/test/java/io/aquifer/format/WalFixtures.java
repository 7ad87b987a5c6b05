package io.aquifer.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A WAL object of two logs for tests. Its body has the payloads where the index says, and nothing else. */
final class WalFixtures {

    static final WalObjectName NAME = new WalObjectName(0x21222324, 0x1112131415161718L, 0x0102030405060708L);
    static final UUID WAL_ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    static final LogIncarnation FIRST = new LogIncarnation(
            UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100"), 0x41424344, 0xf1f2f3f4f5f6f7f8L);
    static final LogIncarnation SECOND =
            new LogIncarnation(UUID.fromString("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"), 3, 9);
    static final WalObjectInfo INFO =
            new WalObjectInfo(NAME, WAL_ID, 512, 0x3132333435363800L, 0x3132333435364200L, 2048);

    static final TestBatch PLAIN = TestBatch.plain(100, 104, 200);
    static final TestBatch TRANSACTIONAL = TestBatch.transactional(105, 106, 50);
    static final TestBatch MARKER = TestBatch.marker(107);

    static final ByteBuffer DATA = TestBatch.bytes(PLAIN, TRANSACTIONAL, MARKER);
    static final ByteBuffer TOPIC = ByteBuffer.wrap("topic-ü".getBytes(StandardCharsets.UTF_8));
    static final int DATA_POSITION = 136;
    static final int OTHER_POSITION = 1160;

    private static final ByteBuffer OTHER = TestBatch.bytes(TestBatch.plain(7, 7, 0));

    static final WalEntry CHECKPOINT = WalEntry.of(WalEntryKind.CHECKPOINT, -1, 90, 99, -1, 1000, TOPIC);
    static final WalEntry DATA_ENTRY = WalEntry.of(WalEntryKind.DATA, 5, 100, 107, 1107, DATA_POSITION, DATA);
    static final WalEntry TRUNCATION =
            WalEntry.of(WalEntryKind.TRUNCATE, -1, 105, -1, -1, 1100, ByteBuffer.allocate(0));
    static final WalEntry OTHER_ENTRY = WalEntry.of(WalEntryKind.DATA, 5, 7, 7, 1007, OTHER_POSITION, OTHER);
    static final WalObjectIndex INDEX = index();

    private WalFixtures() {}

    private static WalObjectIndex index() {
        Map<LogIncarnation, List<WalEntry>> logs = new LinkedHashMap<>();
        logs.put(FIRST, List.of(DATA_ENTRY, CHECKPOINT, TRUNCATION));
        logs.put(SECOND, List.of(OTHER_ENTRY));
        return new WalObjectIndex(INFO, logs);
    }

    static byte[] body() {
        byte[] body = new byte[INFO.bodyLength()];
        DATA.get(0, body, DATA_POSITION, DATA.limit());
        OTHER.get(0, body, OTHER_POSITION, OTHER.limit());
        return body;
    }

    /** All bytes of the object. */
    static byte[] object() {
        ByteBuffer end = INDEX.withTrailer();
        return ByteBuffer.allocate(INFO.bodyLength() + end.remaining())
                .put(body())
                .put(end)
                .array();
    }
}
