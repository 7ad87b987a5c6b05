package io.aquifer.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.LongRanges;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which records of a log only the WAL has. */
class LogHistoryTest {

    private static final WalObjectName OBJECT = new WalObjectName(1, 0, 0);
    private static final UUID TOPIC = new UUID(1, 2);

    private static SegmentInfo segment(long base, long last, Map<Integer, Long> epochs) {
        TreeMap<Integer, Long> all = new TreeMap<>(epochs);
        return new SegmentInfo(
                new SegmentName(TOPIC, 0, base, last, all.lastKey(), new UUID(9, base)), 0, 0, 1, true, all);
    }

    private static LogHistory log(Mark... marks) {
        LogHistory log = new LogHistory();
        for (Mark mark : marks) {
            log.apply(mark, OBJECT);
        }
        return log;
    }

    private static LongRanges offsets(List<LogHistory.Piece> pieces) {
        LongRanges offsets = new LongRanges();
        pieces.forEach(piece -> offsets.add(piece.base(), piece.end()));
        return offsets;
    }

    @Test
    void a_segment_stands_for_records_of_its_own_leader_epoch_and_of_lower_ones() {
        LogHistory log = log(
                new Mark(WalEntryKind.CHECKPOINT, 0, 0, 0),
                new Mark(WalEntryKind.DATA, 0, 10, 3),
                new Mark(WalEntryKind.DATA, 10, 20, 4));
        PlainSegments segments = new PlainSegments(List.of(segment(0, 19, Map.of(3, 0L, 4, 10L))));

        assertThat(offsets(log.uncovered(segments)).isEmpty()).isTrue();
    }

    @Test
    void a_segment_of_a_lower_leader_epoch_does_not_stand_for_what_replaced_its_records() {
        LogHistory log = log(
                new Mark(WalEntryKind.CHECKPOINT, 0, 0, 0),
                new Mark(WalEntryKind.DATA, 0, 10, 3),
                new Mark(WalEntryKind.DATA, 5, 12, 4));
        PlainSegments segments = new PlainSegments(List.of(segment(0, 9, Map.of(3, 0L))));

        assertThat(offsets(log.uncovered(segments))).isEqualTo(LongRanges.of(5, 12));
    }

    @Test
    void what_lies_below_the_start_is_not_needed() {
        LogHistory log = log(
                new Mark(WalEntryKind.CHECKPOINT, 0, 0, 0),
                new Mark(WalEntryKind.DATA, 0, 10, 3),
                new Mark(WalEntryKind.LOG_START, 7, 7, -1));

        assertThat(offsets(log.uncovered(PlainSegments.NONE))).isEqualTo(LongRanges.of(7, 10));
    }

    @Test
    void a_promise_whose_object_is_gone_covers_nothing() {
        SegmentInfo there = segment(0, 9, Map.of(3, 0L));
        SegmentInfo gone = segment(10, 19, Map.of(3, 10L));
        PartitionObjects objects = new PartitionObjects();
        objects.addPlain(there.name());
        objects.promise(new PartitionSnapshot(
                TOPIC,
                0,
                0,
                3,
                1,
                new TreeMap<>(),
                List.of(
                        new SnapshotSegment(there, 1, Optional.empty(), false),
                        new SnapshotSegment(gone, 1, Optional.empty(), false))));

        assertThat(objects.promised().covered(3)).isEqualTo(LongRanges.of(0, 10));
    }
}
