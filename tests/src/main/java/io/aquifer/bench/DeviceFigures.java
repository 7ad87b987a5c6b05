package io.aquifer.bench;

/**
 * What writing to a device brought.
 *
 * @param bytesPerSecond written and durable
 * @param p50Micros median time of one write, until it was durable
 */
record DeviceFigures(double bytesPerSecond, double p50Micros) {

    double megabytesPerSecond() {
        return bytesPerSecond / 1e6;
    }
}
