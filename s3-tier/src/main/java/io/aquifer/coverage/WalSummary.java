package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is to be remembered of a WAL object to know who needs it: some bytes for each of its logs, where the index has some for
 * each of their batches. A cluster has hundreds of thousands of objects with hundreds of logs each, so all of it is packed.
 */
final class WalSummary {

    private static final int MARK_LONGS = 2;

    private final WalObjectName name;
    /** In the order of the WAL. */
    private final LogIncarnation[] logs;
    /** Where the marks of each log end. */
    private final int[] ends;

    private final WalEntryKind[] kinds;
    private final int[] leaderEpochs;
    /** Base and end of each mark. */
    private final long[] offsets;

    private WalSummary(WalObjectName name, LogIncarnation[] logs, int[] ends, List<Mark> marks) {
        this.name = name;
        this.logs = logs;
        this.ends = ends;
        this.kinds = new WalEntryKind[marks.size()];
        this.leaderEpochs = new int[marks.size()];
        this.offsets = new long[MARK_LONGS * marks.size()];
        for (int i = 0; i < marks.size(); i++) {
            Mark mark = marks.get(i);
            kinds[i] = mark.kind();
            leaderEpochs[i] = mark.leaderEpoch();
            offsets[MARK_LONGS * i] = mark.base();
            offsets[MARK_LONGS * i + 1] = mark.end();
        }
    }

    static WalSummary of(WalObjectIndex index) {
        LogIncarnation[] logs = new LogIncarnation[index.logs().size()];
        int[] ends = new int[logs.length];
        List<Mark> all = new ArrayList<>();
        int next = 0;
        for (Map.Entry<LogIncarnation, List<WalEntry>> log : index.logs().entrySet()) {
            all.addAll(Mark.of(log.getValue()));
            logs[next] = log.getKey();
            ends[next] = all.size();
            next++;
        }
        return new WalSummary(index.info().name(), logs, ends, all);
    }

    WalObjectName name() {
        return name;
    }

    /** How many logs it says something of. */
    int size() {
        return logs.length;
    }

    /** How many marks there are of all logs. */
    int marks() {
        return kinds.length;
    }

    /** A log, from 0 in the order of the WAL. */
    LogIncarnation log(int which) {
        return logs[which];
    }

    /** What it says of a log, in the order of the WAL. */
    List<Mark> marks(int which) {
        List<Mark> found = new ArrayList<>();
        for (int i = which == 0 ? 0 : ends[which - 1]; i < ends[which]; i++) {
            found.add(new Mark(kinds[i], offsets[MARK_LONGS * i], offsets[MARK_LONGS * i + 1], leaderEpochs[i]));
        }
        return found;
    }

    /** How far this has a log reach by its data and its checkpoints, as if nothing were ever taken back. */
    long reach(int which) {
        long end = 0;
        for (Mark mark : marks(which)) {
            boolean reaches = mark.kind() == WalEntryKind.DATA || mark.kind() == WalEntryKind.CHECKPOINT;
            end = reaches ? Math.max(end, mark.end()) : end;
        }
        return end;
    }

    /** Has the ids of logs in common with other objects, by which they have to be equal. */
    void share(Map<LogIncarnation, LogIncarnation> known) {
        for (int i = 0; i < logs.length; i++) {
            LogIncarnation first = known.putIfAbsent(logs[i], logs[i]);
            logs[i] = first == null ? logs[i] : first;
        }
    }
}
