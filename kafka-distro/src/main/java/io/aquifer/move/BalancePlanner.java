package io.aquifer.move;

import io.aquifer.move.BalancePlan.BrokerLoad;
import io.aquifer.move.Distribution.Movable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plans moves that make brokers' loads more even, one after the other: each time the one that helps most.
 *
 * <p>The imbalance is, over all brokers and measures, the weighted sum of the squares of how far a broker is from the mean, in
 * means. A move is worth it if what it takes from one broker to another was spread between these two unevenly enough: a tenth of a
 * mean is as even as what was measured for some seconds can tell. No partition is moved twice, so that there is an end, and no
 * broker is given more by any measure than the worst one had in the beginning.
 *
 * <p>The same input gives the same plan. Used once, by one thread.
 */
public final class BalancePlanner {

    /** Brokers that differ by less, in means, are even. */
    private static final double EVEN = 0.1;
    /** Gains that differ by less are the same, and the rack decides. */
    private static final double SAME = 1e-9;

    private final Distribution distribution;
    private final List<Broker> brokers;
    private final List<Load> before;
    private final List<Spread> spreads;
    /** By partition, in the order of {@link Distribution#movable}: where it is, an index of {@link #brokers}. */
    private final int[] places;

    private final boolean[] moved;

    private BalancePlanner(Distribution distribution) {
        this.distribution = distribution;
        this.brokers = distribution.brokers();
        Map<Integer, Load> loads = distribution.loads();
        this.before = brokers.stream()
                .map(broker -> loads.getOrDefault(broker.id(), Load.NONE))
                .toList();
        this.spreads = Arrays.stream(Measure.values())
                .map(measure -> new Spread(measure, before))
                .toList();
        List<Integer> ids = brokers.stream().map(Broker::id).toList();
        this.places = distribution.movable().stream()
                .mapToInt(partition -> ids.indexOf(partition.broker()))
                .toArray();
        this.moved = new boolean[places.length];
    }

    /**
     * Measures a cluster's loads and plans what to do about them.
     *
     * @param window how long to measure
     * @param maxMoves how many moves the plan has at most
     */
    public static BalancePlan plan(
            ClusterAdmin admin, LoadSource source, Stopwatch stopwatch, Duration window, int maxMoves)
            throws IOException {
        ClusterState cluster = ClusterState.of(admin);
        return plan(Distribution.of(cluster, new LoadSampler(source, stopwatch).measure(cluster, window)), maxMoves);
    }

    static BalancePlan plan(Distribution distribution, int maxMoves) {
        return new BalancePlanner(distribution).plan(maxMoves);
    }

    private BalancePlan plan(int maxMoves) {
        List<BalanceMove> moves = new ArrayList<>();
        for (Candidate best = best(); best != null && moves.size() < maxMoves; best = best()) {
            moves.add(carryOut(best));
        }
        List<BrokerLoad> loads = new ArrayList<>();
        for (int broker = 0; broker < brokers.size(); broker++) {
            Load after = new Load(
                    now(Measure.PRODUCED, broker), now(Measure.CONSUMED, broker), now(Measure.PARTITIONS, broker));
            loads.add(new BrokerLoad(brokers.get(broker), before.get(broker), after));
        }
        return new BalancePlan(loads, List.copyOf(moves), places.length, distribution.leaderless());
    }

    private double now(Measure measure, int broker) {
        return spreads.stream()
                .filter(spread -> spread.measure() == measure)
                .mapToDouble(spread -> spread.of(broker))
                .sum();
    }

    /** A move that could be made. */
    private record Candidate(int partition, int to, double gain, boolean sameRack) {

        private boolean isBetterThan(@Nullable Candidate other) {
            if (other == null || gain > other.gain + SAME) {
                return true;
            }
            return gain > other.gain - SAME && sameRack && !other.sameRack;
        }
    }

    private @Nullable Candidate best() {
        Candidate best = null;
        for (int partition = 0; partition < places.length; partition++) {
            for (int to = 0; !moved[partition] && to < brokers.size(); to++) {
                if (to == places[partition] || brokers.get(to).cordoned()) {
                    continue;
                }
                Candidate candidate = candidate(partition, to);
                if (candidate != null && candidate.isBetterThan(best)) {
                    best = candidate;
                }
            }
        }
        return best;
    }

    /** Null if the move isn't worth it. */
    private @Nullable Candidate candidate(int partition, int to) {
        Load load = distribution.movable().get(partition).load();
        int from = places[partition];
        double gain = 0;
        double weight = 0;
        for (Spread spread : spreads) {
            if (!spread.fits(to, load)) {
                return null;
            }
            gain += spread.gain(from, to, load);
            weight += spread.weigh(load);
        }
        return gain < 2 * EVEN * weight - SAME ? null : new Candidate(partition, to, gain, isSameRack(from, to));
    }

    private boolean isSameRack(int one, int other) {
        return brokers.get(one).rack().isPresent()
                && brokers.get(one).rack().equals(brokers.get(other).rack());
    }

    private BalanceMove carryOut(Candidate move) {
        Movable partition = distribution.movable().get(move.partition());
        int from = places[move.partition()];
        Spread relieved = spreads.stream()
                .max(Comparator.comparingDouble(spread -> spread.gain(from, move.to(), partition.load())))
                .orElseThrow();
        BalanceMove described = new BalanceMove(
                partition.partition(),
                brokers.get(from).id(),
                brokers.get(move.to()).id(),
                partition.load(),
                relieved.measure(),
                relieved.share(from),
                relieved.share(move.to()));
        spreads.forEach(spread -> spread.move(from, move.to(), partition.load()));
        places[move.partition()] = move.to();
        moved[move.partition()] = true;
        return described;
    }
}
