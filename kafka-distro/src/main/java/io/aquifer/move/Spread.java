package io.aquifer.move;

import java.util.List;

/**
 * How one measure is spread over brokers, which are numbered from 0, while moves are planned.
 *
 * <p>Used by one thread.
 */
final class Spread {

    /** By how much a broker may be worse than the worst one was, if it helps as a whole. */
    private static final double TOLERANCE = 0.05;

    private final Measure measure;
    private final double[] loads;
    private final double mean;
    /** What stands for the mean in divisions: it isn't so small that noise looks like a load. */
    private final double unit;

    private final double limit;

    /** @param loads what each broker carries in the beginning */
    Spread(Measure measure, List<Load> loads) {
        this.measure = measure;
        this.loads = loads.stream().mapToDouble(load -> load.by(measure)).toArray();
        double sum = 0;
        double worst = 0;
        for (double load : this.loads) {
            sum += load;
            worst = Math.max(worst, load);
        }
        mean = sum / Math.max(1, this.loads.length);
        unit = Math.max(mean, measure.negligible());
        limit = Math.max(worst * (1 + TOLERANCE), measure.negligible());
    }

    Measure measure() {
        return measure;
    }

    /** What a broker carries now. */
    double of(int broker) {
        return loads[broker];
    }

    /** As above, in means. */
    double share(int broker) {
        return loads[broker] / mean;
    }

    /** Whether a broker that gets this isn't worse than the worst one was. */
    boolean fits(int to, Load moved) {
        double load = moved.by(measure);
        return load <= 0 || loads[to] + load <= limit;
    }

    /** What this is of a mean, weighted. */
    double weigh(Load moved) {
        return measure.weight() * moved.by(measure) / unit;
    }

    /** By how much a move lowers the weighted sum of the squares of how far brokers are from the mean, in means. */
    double gain(int from, int to, Load moved) {
        return 2 * weigh(moved) * (loads[from] - loads[to] - moved.by(measure)) / unit;
    }

    void move(int from, int to, Load moved) {
        loads[from] -= moved.by(measure);
        loads[to] += moved.by(measure);
    }
}
