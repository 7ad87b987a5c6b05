package io.aquifer.wal.recovery;

import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the untrimmed WAL holds, log by log: the result of one scan. */
public final class WalIndex implements RecordVisitor {

    private final Map<LogId, RecoveredLog> logs = new LinkedHashMap<>();

    @Override
    public void record(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) {
        if (record.kind() != RecordKind.VOID) {
            logs.computeIfAbsent(record.log(), id -> new RecoveredLog(id, block.position()))
                    .apply(record, block.position(), offset + RecordHeader.SIZE, payload);
        }
    }

    /** Every log of which the WAL knows, the deleted ones too. */
    public Collection<RecoveredLog> logs() {
        return Collections.unmodifiableCollection(logs.values());
    }

    public @Nullable RecoveredLog log(LogId id) {
        return logs.get(id);
    }
}
