package io.aquifer.coverage;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LongRanges;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds a whole bucket against the invariant: every offset that is promised is in a segment object or in a WAL object. Reads
 * every index there is, and writes nothing.
 *
 * <p>Brokers may be at work meanwhile. What seems to be missing may have moved while it was looked for, so only what a second
 * look finds, too, is reported.
 */
public final class BucketCheck {

    private static final int TRIES = 5;

    private final ObjectStore store;
    private final ClusterKeys keys;

    public BucketCheck(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /**
     * Looks at the bucket.
     *
     * @throws IOException if the store fails, or if so much changes meanwhile that nothing can be said
     */
    public BucketReport run() throws IOException {
        BucketReport first = look();
        return first.isWhole() ? first : confirmed(first, look());
    }

    private BucketReport look() throws IOException {
        for (int i = 1; ; i++) {
            try {
                BucketView view = new BucketReader(store, keys, Long.MAX_VALUE).look();
                return new CheckedView(store, keys, view).report();
            } catch (ChangedMeanwhileException | ObjectNotFoundException e) {
                if (i == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static BucketReport confirmed(BucketReport first, BucketReport second) {
        Map<PartitionId, LongRanges> seen = new HashMap<>();
        first.partitions().forEach(partition -> seen.put(partition.partition(), partition.gaps()));
        List<PartitionCoverage> partitions = new ArrayList<>();
        for (PartitionCoverage found : second.partitions()) {
            LongRanges gaps = both(found.gaps(), seen.getOrDefault(found.partition(), new LongRanges()));
            partitions.add(new PartitionCoverage(
                    found.partition(),
                    found.shared(),
                    found.start(),
                    found.end(),
                    found.plain(),
                    found.composite(),
                    found.wal(),
                    found.local(),
                    gaps));
        }
        Set<Problem> known = new HashSet<>(first.problems());
        return new BucketReport(
                second.walObjects(),
                second.condemned(),
                partitions,
                second.problems().stream().filter(known::contains).toList(),
                second.foreign());
    }

    private static LongRanges both(LongRanges one, LongRanges other) {
        LongRanges notInOther = LongRanges.copyOf(one);
        notInOther.removeAll(other);
        LongRanges both = LongRanges.copyOf(one);
        both.removeAll(notInOther);
        return both;
    }
}
