package io.aquifer.coverage;

import io.aquifer.format.LongRanges;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A log as the WAL objects tell it: what is left of its data after everything that they say was applied in their order, and
 * which objects its state rests on. Not thread-safe.
 */
final class LogHistory {

    /**
     * Data that is left.
     *
     * @param end behind the last offset
     * @param object that holds it
     */
    record Piece(long base, long end, int leaderEpoch, WalObjectName object) {}

    private final NavigableMap<Long, Piece> pieces = new TreeMap<>();
    /** Which object has the last entry of each kind that says something of the log's state. */
    private final Map<WalEntryKind, WalObjectName> statements = new EnumMap<>(WalEntryKind.class);

    private @Nullable WalObjectName origin;
    private long originEnd = -1;
    private long start = -1;
    private long end = -1;
    private int leaderEpoch = -1;
    private boolean deleted;

    /** What {@link #apply} answers of a mark that takes nothing back. */
    static final long NO_CUT = Long.MAX_VALUE;

    /** What {@link #apply} answers of a mark that takes back all that was ever said. */
    static final long ALL = -1;

    /** Applies the next mark, and says from which offset on it takes data back that objects before may have. */
    long apply(Mark mark, WalObjectName object) {
        leaderEpoch = Math.max(leaderEpoch, mark.leaderEpoch());
        return switch (mark.kind()) {
            case DATA -> append(mark, object);
            case TRUNCATE -> cut(mark.base());
            case RESTART -> {
                state(mark.kind(), object);
                start = mark.base();
                empty(mark.base());
                yield 0;
            }
            case LOG_START -> {
                state(mark.kind(), object);
                start = mark.base();
                yield NO_CUT;
            }
            case DELETE -> {
                deleted = true;
                statements.clear();
                empty(mark.base());
                yield ALL;
            }
            case CHECKPOINT -> checkpoint(mark, object);
        };
    }

    private long append(Mark mark, WalObjectName object) {
        long cut = mark.base() < end ? cut(mark.base()) : NO_CUT;
        if (!deleted) {
            pieces.put(mark.base(), new Piece(mark.base(), mark.end(), mark.leaderEpoch(), object));
        }
        end = mark.end();
        return cut;
    }

    private long checkpoint(Mark mark, WalObjectName object) {
        if (origin == null) {
            origin = object;
            originEnd = mark.end();
        }
        state(mark.kind(), object);
        start = mark.base();
        end = Math.max(end, mark.end());
        return NO_CUT;
    }

    private void state(WalEntryKind kind, WalObjectName object) {
        if (deleted) {
            return;
        }
        switch (kind) {
            case CHECKPOINT -> {
                statements.remove(WalEntryKind.LOG_START);
                statements.remove(WalEntryKind.RESTART);
            }
            case RESTART -> statements.remove(WalEntryKind.LOG_START);
            default -> {}
        }
        statements.put(kind, object);
    }

    private long cut(long at) {
        Map.Entry<Long, Piece> before = pieces.lowerEntry(at);
        if (before != null && before.getValue().end() > at) {
            Piece piece = before.getValue();
            pieces.put(piece.base(), new Piece(piece.base(), at, piece.leaderEpoch(), piece.object()));
        }
        pieces.tailMap(at, true).clear();
        end = at;
        return at;
    }

    private void empty(long at) {
        pieces.clear();
        end = at;
    }

    /** Data that is left, in the order of its offsets. */
    Collection<Piece> pieces() {
        return pieces.values();
    }

    /** Offsets of the data that is left. */
    LongRanges offsets() {
        LongRanges offsets = new LongRanges();
        pieces.values().forEach(piece -> offsets.add(piece.base(), piece.end()));
        return offsets;
    }

    /** Data that is left at or behind the log's start and that {@code segments} don't have, by the object that has it. */
    List<Piece> uncovered(PlainSegments segments) {
        List<Piece> uncovered = new ArrayList<>();
        for (Piece piece : pieces.values()) {
            LongRanges left = LongRanges.of(Math.max(piece.base(), start), piece.end());
            left.removeAll(segments.covered(piece.leaderEpoch()));
            for (LongRanges.Range range : left.list()) {
                uncovered.add(new Piece(range.from(), range.to(), piece.leaderEpoch(), piece.object()));
            }
        }
        return uncovered;
    }

    /**
     * The objects that alone say how the log stands: the last of each kind of statement that no later one replaces, and the one
     * where the log became shared for as long as what it had held before isn't in {@code segments}.
     */
    Set<WalObjectName> stated(PlainSegments segments) {
        Set<WalObjectName> stated = new HashSet<>(statements.values());
        if (!deleted && origin != null && !segments.covered(-1).containsAll(LongRanges.of(start, originEnd))) {
            stated.add(origin);
        }
        return stated;
    }

    /** The first offset, -1 if it isn't known. */
    long start() {
        return start;
    }

    /** Behind the last offset, -1 if it isn't known. */
    long end() {
        return end;
    }

    /** Where the log ended when it became shared, -1 if it isn't known any more. What lay before was never in the WAL. */
    long originEnd() {
        return originEnd;
    }

    /** The highest that any of its entries has, or -1. */
    int leaderEpoch() {
        return leaderEpoch;
    }

    boolean isDeleted() {
        return deleted;
    }
}
