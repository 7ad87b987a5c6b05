package io.aquifer.bench;

import java.util.List;

/**
 * What producers of a topic saw.
 *
 * @param bytesPerSecond of acknowledged values
 * @param p50Micros from the moment a record was due until its acknowledgement
 * @param p99Micros likewise
 */
record LoadFigures(long bytesPerSecond, long p50Micros, long p99Micros) {

    double megabytesPerSecond() {
        return bytesPerSecond / 1e6;
    }

    double p50Millis() {
        return p50Micros / 1e3;
    }

    double p99Millis() {
        return p99Micros / 1e3;
    }

    /** As a {@link Worker} answers. */
    List<Long> toAnswer() {
        return List.of(bytesPerSecond, p50Micros, p99Micros);
    }

    static LoadFigures fromAnswer(List<Long> numbers) {
        return new LoadFigures(numbers.get(0), numbers.get(1), numbers.get(2));
    }
}
