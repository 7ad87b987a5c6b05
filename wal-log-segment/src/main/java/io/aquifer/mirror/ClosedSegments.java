package io.aquifer.mirror;

import io.aquifer.rebuild.LeaderEpochs;
import java.util.List;
import org.apache.kafka.storage.internals.log.LogSegment;

/**
 * The segments of a log, at one moment, that nothing is appended to and of which all is below the high watermark, without those
 * below the log's start.
 *
 * @param list in the order of their offsets, without gaps between them
 * @param end behind the last of them, or where the first that isn't among them begins
 * @param generation changes whenever offsets may have gone to other records
 * @param epochs of the log
 */
public record ClosedSegments(List<LogSegment> list, long end, int generation, LeaderEpochs epochs) {

    public ClosedSegments {
        list = List.copyOf(list);
    }

    /** The offset behind a segment. */
    long endOf(int index) {
        return index + 1 < list.size() ? list.get(index + 1).baseOffset() : end;
    }

    /** Whether a segment is still in its place, and its files are those that have its name. */
    boolean has(LogSegment segment, int itsGeneration) {
        return generation == itsGeneration && list.stream().anyMatch(each -> each == segment);
    }
}
