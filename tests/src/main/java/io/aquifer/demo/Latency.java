package io.aquifer.demo;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Latencies as people read them. */
final class Latency {

    private Latency() {}

    /** A percentile of a histogram of microseconds, in milliseconds. */
    static String millis(Histogram micros, double percentile) {
        return String.format(Locale.ROOT, "%.1f ms", micros.getValueAtPercentile(percentile) / 1e3);
    }
}
