package io.aquifer.harness;

import java.util.List;

/**
 * What a {@link HistoryChecker} found, in records.
 *
 * @param acknowledged records that had to be there: acknowledged and neither aborted nor deleted
 * @param read records that were read
 * @param lost acknowledged, and read nowhere
 * @param misplaced acknowledged at an offset, and read only at another
 * @param duplicated reads of a record beyond the first at one place
 * @param outOfOrder read behind a later one of the same producer and partition, or behind a higher offset
 * @param invented read, and never sent like that: damaged, of an aborted transaction, or of half a transaction
 * @param examples the first few findings in words
 */
public record Verdict(
        long acknowledged,
        long read,
        long lost,
        long misplaced,
        long duplicated,
        long outOfOrder,
        long invented,
        List<String> examples) {

    /** True where nothing acknowledged is missing, moved or reordered, and nothing was made up. */
    public boolean nothingWrong() {
        return lost == 0 && misplaced == 0 && outOfOrder == 0 && invented == 0;
    }
}
