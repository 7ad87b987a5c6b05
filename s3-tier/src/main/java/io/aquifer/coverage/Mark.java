package io.aquifer.coverage;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import java.util.ArrayList;
import java.util.List;

/**
 * What a WAL object says about a log: what entries say that follow each other and say the same, without their batches.
 *
 * @param base first offset of data, where a log is cut or starts
 * @param end behind the last offset of data, or of the log at a checkpoint; {@code base} elsewhere
 * @param leaderEpoch of data
 */
record Mark(WalEntryKind kind, long base, long end, int leaderEpoch) {

    /** The marks of a log's entries, in their order. */
    static List<Mark> of(List<WalEntry> entries) {
        List<Mark> marks = new ArrayList<>();
        for (WalEntry entry : entries) {
            switch (entry.kind()) {
                case DATA -> addData(marks, entry);
                case CHECKPOINT ->
                    marks.add(new Mark(
                            entry.kind(),
                            entry.baseOffset(),
                            Math.max(entry.baseOffset(), entry.lastOffset() + 1),
                            entry.leaderEpoch()));
                default ->
                    marks.add(new Mark(entry.kind(), entry.baseOffset(), entry.baseOffset(), entry.leaderEpoch()));
            }
        }
        return List.copyOf(marks);
    }

    private static void addData(List<Mark> marks, WalEntry entry) {
        List<BatchHeader> batches = entry.batches();
        for (int i = 0; i < batches.size(); i++) {
            BatchHeader batch = batches.get(i);
            // Offsets between batches of one append have no records, and belong to the batch before them.
            long end = i + 1 < batches.size() ? batches.get(i + 1).baseOffset() : batch.lastOffset() + 1;
            Mark data = new Mark(WalEntryKind.DATA, batch.baseOffset(), end, batch.leaderEpoch());
            int last = marks.size() - 1;
            if (last >= 0 && marks.get(last).goesOnIn(data)) {
                marks.set(last, new Mark(data.kind, marks.get(last).base, data.end, data.leaderEpoch));
            } else {
                marks.add(data);
            }
        }
    }

    private boolean goesOnIn(Mark next) {
        return kind == WalEntryKind.DATA && end == next.base && leaderEpoch == next.leaderEpoch;
    }
}
