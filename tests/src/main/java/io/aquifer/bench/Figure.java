package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import java.util.List;
import java.util.Optional;

/**
 * A figure of Aquifer's that is measured by nothing but its target, round by round, or is only reported.
 *
 * @param name what was measured
 * @param unit of the values
 * @param values one for each round
 * @param target what their median is to reach, if anything
 */
record Figure(String name, String unit, List<Double> values, Optional<Target> target) {

    Figure {
        values = List.copyOf(values);
    }

    Figure(String name, String unit, List<Double> values, Target target) {
        this(name, unit, values, Optional.of(target));
    }

    double median() {
        return Comparison.median(values);
    }

    boolean isReached() {
        return target.map(bound -> bound.isReachedBy(median())).orElse(true);
    }
}
