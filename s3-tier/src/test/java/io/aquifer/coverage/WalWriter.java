package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.TestBatch;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectInfo;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.PutResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Makes WAL objects of entries, as an uploader would of blocks. */
final class WalWriter {

    static final UUID WAL_ID = new UUID(7, 7);

    private static final int BLOCK_SIZE = 512;
    private static final int RECORD_HEADER = 72;

    private final Map<LogIncarnation, List<WalEntry>> logs = new LinkedHashMap<>();
    private final List<ByteBuffer> payloads = new ArrayList<>();
    private int position = 64;

    boolean isEmpty() {
        return logs.isEmpty();
    }

    /** @param end behind the last offset */
    void data(LogIncarnation log, int leaderEpoch, long base, long end) {
        ByteBuffer batch = new TestBatch(base, end - 1, leaderEpoch, 0, 1_000 + end, -1, -1, 0).bytes();
        add(log, WalEntryKind.DATA, leaderEpoch, base, end - 1, batch);
    }

    void checkpoint(LogIncarnation log, long start, long end) {
        add(log, WalEntryKind.CHECKPOINT, -1, start, end - 1, ByteBuffer.wrap(new byte[] {'t'}));
    }

    void control(LogIncarnation log, WalEntryKind kind, long offset) {
        add(log, kind, -1, offset, -1, ByteBuffer.allocate(0));
    }

    private void add(LogIncarnation log, WalEntryKind kind, int epoch, long base, long last, ByteBuffer payload) {
        logs.computeIfAbsent(log, key -> new ArrayList<>())
                .add(WalEntry.of(kind, epoch, base, last, -1, position + RECORD_HEADER, payload));
        payloads.add(payload);
        position += RECORD_HEADER + payload.remaining();
    }

    /** Creates the object, and begins anew. */
    PutResult create(WalObjects objects, WalObjectName name) {
        int length = (2 * position / BLOCK_SIZE + 1) * BLOCK_SIZE;
        long first = name.sequence() * (1L << 30);
        WalObjectInfo info = new WalObjectInfo(name, WAL_ID, BLOCK_SIZE, first, first + length, length);
        ByteBuffer body = ByteBuffer.allocate(length);
        int at = 64;
        for (ByteBuffer payload : payloads) {
            at += RECORD_HEADER;
            body.put(at, payload, payload.position(), payload.remaining());
            at += payload.remaining();
        }
        PutResult result = objects.create(new WalObjectIndex(info, logs), ObjectContent.of(body))
                .join();
        logs.clear();
        payloads.clear();
        position = 64;
        return result;
    }
}
