package io.aquifer.coverage;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.LongRanges;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectName;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The design's invariant, asserted before anything goes: every offset that is promised stays where it can be read. It is found
 * in another way than what is needed was, so that one of the two is found out where it is wrong.
 */
final class Invariant {

    private Invariant() {}

    /**
     * Makes sure that all logs stand as they do when objects are passed over: with the same start, the same records beyond
     * segment objects, and none that had been taken back.
     *
     * @throws InvariantViolatedException if one doesn't
     */
    static void requireSameWithout(Set<WalObjectName> condemned, BucketView view) throws InvariantViolatedException {
        WalHistory.forEachGroup(
                view, (before, group) -> requireSame(before, WalHistory.of(view, condemned, group), condemned, view));
    }

    private static void requireSame(WalHistory before, WalHistory after, Set<WalObjectName> condemned, BucketView view)
            throws InvariantViolatedException {
        for (var log : before.logs().entrySet()) {
            LogHistory old = log.getValue();
            LogHistory left = after.log(log.getKey());
            PlainSegments segments =
                    view.objectsOf(PartitionId.of(log.getKey())).promised();
            boolean gone = !after.logs().containsKey(log.getKey());
            if (!left.uncovered(segments).equals(old.uncovered(segments))
                    || (!gone && left.end() > old.end())
                    || (old.isDeleted() ? !gone && !left.isDeleted() : gone || left.start() != old.start())) {
                throw new InvariantViolatedException("without " + condemned + ", " + log.getKey() + " would start at "
                        + left.start() + " in place of " + old.start() + " and have " + left.uncovered(segments)
                        + " up to " + left.end() + " beyond its segments in place of " + old.uncovered(segments));
            }
        }
    }

    /**
     * Makes sure that of condemned objects nothing is promised that isn't elsewhere.
     *
     * @throws InvariantViolatedException if something is
     */
    static void requireElsewhere(Collection<WalSummary> condemned, BucketView view) throws InvariantViolatedException {
        WalHistory.forEachGroup(view, (history, group) -> {
            for (WalSummary summary : condemned) {
                requireElsewhere(summary, history, group, view);
            }
        });
    }

    private static void requireElsewhere(
            WalSummary condemned, WalHistory history, Predicate<LogIncarnation> group, BucketView view)
            throws InvariantViolatedException {
        for (int i = 0; i < condemned.size(); i++) {
            LogIncarnation log = condemned.log(i);
            if (!group.test(log)) {
                continue;
            }
            LogHistory left = history.log(log);
            if (left.isDeleted() || left.start() < 0) {
                continue;
            }
            LongRanges elsewhere = left.offsets();
            elsewhere.addAll(view.objectsOf(PartitionId.of(log)).promised().covered(-1));
            for (Mark mark : condemned.marks(i)) {
                LongRanges lost = mark.kind() == WalEntryKind.DATA
                        ? LongRanges.of(Math.max(mark.base(), left.start()), Math.min(mark.end(), left.end()))
                        : new LongRanges();
                lost.removeAll(elsewhere);
                if (!lost.isEmpty()) {
                    throw new InvariantViolatedException("offsets " + lost + " of " + log + ", of which " + left.start()
                            + " to " + (left.end() - 1) + " are promised, are in " + condemned.name() + " alone");
                }
            }
        }
    }
}
