package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import java.util.List;

/**
 * A figure of Aquifer's that is measured by nothing but its target, round by round.
 *
 * @param name what was measured
 * @param unit of the values
 * @param values one for each round
 * @param target what their median is to reach
 */
record Figure(String name, String unit, List<Double> values, Target target) {

    Figure {
        values = List.copyOf(values);
    }

    double median() {
        return Comparison.median(values);
    }

    boolean isReached() {
        return target.isReachedBy(median());
    }
}
