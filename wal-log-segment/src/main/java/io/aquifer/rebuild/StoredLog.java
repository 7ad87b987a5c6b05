package io.aquifer.rebuild;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalObjectName;
import java.util.ArrayList;
import java.util.List;

/**
 * What WAL objects hold of one log, once every entry was applied in the order of the WAL: the same rules as for the records of
 * the WAL itself, down to single batches.
 *
 * <p>Not thread-safe: complete before it is handed out, then only read.
 */
final class StoredLog {

    private final List<StoredBatch> batches = new ArrayList<>();
    private boolean deleted;

    void apply(WalObjectName object, WalEntry entry) {
        if (deleted) {
            return;
        }
        switch (entry.kind()) {
            case DATA -> {
                cutFrom(entry.baseOffset());
                for (BatchHeader batch : entry.batches()) {
                    batches.add(new StoredBatch(object, batch));
                }
            }
            case TRUNCATE -> cutFrom(entry.baseOffset());
            case RESTART -> batches.clear();
            case LOG_START -> {}
            case DELETE -> {
                batches.clear();
                deleted = true;
            }
            case CHECKPOINT -> cutFrom(entry.lastOffset() + 1);
        }
    }

    private void cutFrom(long offset) {
        int last = batches.size() - 1;
        while (last >= 0 && batches.get(last).endOffset() > offset) {
            batches.remove(last);
            last--;
        }
    }

    /** Batches in the order of their offsets, up to the last that ends at {@code end} or before. */
    List<StoredBatch> upTo(long end) {
        return batches.stream().takeWhile(batch -> batch.endOffset() <= end).toList();
    }
}
