package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Loads two sides in turn, topics of brokers, and compares what their producers saw. */
final class BrokerPairs {

    /** Records a second at which latency is measured. */
    static final int RATE = 10_000;

    private final BenchPlan plan;
    private final Progress progress;

    BrokerPairs(BenchPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** How many bytes a second, with as many records as they take. */
    Comparison throughput(String name, BenchTopic aquifer, BenchTopic other, Target target) throws Exception {
        return compare(name, "MB/s", 0, LoadFigures::megabytesPerSecond, aquifer, other, target);
    }

    /** @param name has a place for how many records a second that is */
    Comparison latency(String name, BenchTopic aquifer, BenchTopic other, Target target) throws Exception {
        String whole = String.format(Locale.ROOT, name, RATE);
        return compare(whole, "ms", RATE, LoadFigures::p99Millis, aquifer, other, target);
    }

    private Comparison compare(
            String name,
            String unit,
            int rate,
            ToDoubleFunction<LoadFigures> figure,
            BenchTopic aquifer,
            BenchTopic other,
            Target target)
            throws Exception {
        progress.line(name + ", " + aquifer.name() + " and " + other.name() + "; the first time doesn't count");
        measure(aquifer, rate, Duration.ZERO, plan.warmUp());
        measure(other, rate, Duration.ZERO, plan.warmUp());
        Pair.Results<Double> results = Pair.inTurn(
                plan.rounds(),
                () -> figure.applyAsDouble(measure(aquifer, rate, plan.leadIn(), plan.measured())),
                () -> figure.applyAsDouble(measure(other, rate, plan.leadIn(), plan.measured())));
        return new Comparison(name, other.name(), unit, results.aquifer(), results.other(), target);
    }

    private LoadFigures measure(BenchTopic topic, int rate, Duration leadIn, Duration measured) throws Exception {
        LoadFigures figures = topic.measure(rate, leadIn, measured);
        progress.line(String.format(
                Locale.ROOT,
                "  %-26s %-12s %8.1f MB/s   p50 %8.1f ms   p99 %8.1f ms",
                topic.name(),
                rate == 0 ? "flat out" : String.format(Locale.ROOT, "%,d/s", rate),
                figures.megabytesPerSecond(),
                figures.p50Millis(),
                figures.p99Millis()));
        return figures;
    }
}
