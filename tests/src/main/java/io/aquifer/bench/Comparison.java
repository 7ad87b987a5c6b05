package io.aquifer.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One figure of Aquifer's and of what it is measured by, round by round.
 *
 * @param name what is compared
 * @param against what Aquifer is measured by
 * @param unit of both figures
 * @param aquifer Aquifer's figures
 * @param other the other side's
 * @param target the ratio to reach
 */
record Comparison(String name, String against, String unit, List<Double> aquifer, List<Double> other, Target target) {

    /** A bound on a ratio. */
    record Target(boolean atLeast, double bound) {

        static Target atLeast(double bound) {
            return new Target(true, bound);
        }

        static Target atMost(double bound) {
            return new Target(false, bound);
        }

        boolean isReachedBy(double ratio) {
            return atLeast ? ratio >= bound : ratio <= bound;
        }

        @Override
        public String toString() {
            return (atLeast ? "≥ " : "≤ ") + String.format(Locale.ROOT, "%.2f", bound);
        }
    }

    Comparison {
        aquifer = List.copyOf(aquifer);
        other = List.copyOf(other);
        if (aquifer.size() != other.size()) {
            throw new IllegalArgumentException(aquifer.size() + " rounds beside " + other.size());
        }
    }

    /** The median of the rounds' ratios: from round to round the machine changes, within one it is nearly the same. */
    double ratio() {
        return median(IntStream.range(0, aquifer.size())
                .mapToObj(round -> aquifer.get(round) / other.get(round))
                .toList());
    }

    boolean isReached() {
        return target.isReachedBy(ratio());
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
