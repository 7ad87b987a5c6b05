package io.aquifer.bench;

import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What clients saw that wait for each answer before they ask again.
 *
 * @param calls that were answered
 * @param millis for which the clients were asking
 * @param p50Micros from the call to its answer
 * @param p99Micros likewise
 */
record CallFigures(long calls, long millis, long p50Micros, long p99Micros) {

    static CallFigures of(Histogram micros, Duration measured) {
        return new CallFigures(
                micros.getTotalCount(),
                measured.toMillis(),
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(99));
    }

    double perSecond() {
        return calls * 1e3 / millis;
    }

    double p50Millis() {
        return p50Micros / 1e3;
    }

    double p99Millis() {
        return p99Micros / 1e3;
    }

    /** As a {@link Worker} answers. */
    List<Long> toAnswer() {
        return List.of(calls, millis, p50Micros, p99Micros);
    }

    static CallFigures fromAnswer(List<Long> numbers) {
        return new CallFigures(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
    }
}
