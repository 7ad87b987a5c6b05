package io.aquifer.demo;

import io.aquifer.harness.Verdict;
import io.aquifer.harness.WalDevice;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What the demonstration has shown.
 *
 * @param coordinated what became of a consumer group and an open transaction
 * @param latencies in microseconds, at the steady rate
 * @param recordsPerSecond acknowledged a second while producing as fast as possible, before the kill
 * @param whereabouts of the topic before it was read back
 * @param readFromS3 records read that no local segment held
 * @param takenOver what the loss of a broker cost
 * @param drained what the drain of another cost
 */
record DemoResult(
        DemoPlan plan,
        WalDevice.Kind wal,
        Verdict verdict,
        Coordinated.Outcome coordinated,
        Whereabouts whereabouts,
        long readFromS3,
        Histogram latencies,
        double recordsPerSecond,
        TakenOver takenOver,
        Drained drained) {

    /**
     * What the loss of a broker cost.
     *
     * @param partitions that it had
     * @param led from the kill until others led them all
     * @param longestWait of a record, from when it was due
     */
    record TakenOver(int partitions, Duration led, Duration longestWait) {}

    /**
     * What the drain of a broker cost.
     *
     * @param partitions of the topic that it had
     * @param took from the command's start to its end
     * @param longestWait of a record, from when it was due
     * @param copiedBytes between brokers, internal topics included
     */
    record Drained(int partitions, Duration took, Duration longestWait, long copiedBytes) {}

    boolean isFlawless() {
        return verdict.nothingWrong()
                && coordinated.intact()
                && verdict.duplicated() == 0
                && verdict.acknowledged() > 0;
    }

    void print(Console console) {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("WAL", wal.toString());
        rows.put("acknowledged", count(verdict.acknowledged()));
        rows.put("read back", count(verdict.read()));
        rows.put("of these only in S3", count(readFromS3));
        rows.put("lost", count(verdict.lost() + verdict.misplaced()));
        rows.put("duplicated", count(verdict.duplicated()));
        rows.put("out of order", count(verdict.outOfOrder()));
        rows.put("never sent", count(verdict.invented()));
        rows.put(
                String.format(Locale.ROOT, "produce latency at %,d/s", plan.recordsPerSecond()),
                "p50 " + millis(50) + "   p99 " + millis(99) + "   p99.9 " + millis(99.9));
        rows.put(
                "throughput flat out",
                String.format(
                        Locale.ROOT,
                        "%,.0f records/s, %.1f MB/s",
                        recordsPerSecond,
                        recordsPerSecond * DemoPlan.VALUE_BYTES / 1e6));
        rows.put(
                "one broker lost for good",
                String.format(
                        Locale.ROOT,
                        "%d partitions, led by others after %s; no record waited longer than %s",
                        takenOver.partitions(),
                        seconds(takenOver.led()),
                        seconds(takenOver.longestWait())));
        rows.put(
                "another drained",
                String.format(
                        Locale.ROOT,
                        "%d partitions in %s; no record waited longer than %s",
                        drained.partitions(),
                        seconds(drained.took()),
                        seconds(drained.longestWait())));
        rows.put("copied between brokers", mebibytes(drained.copiedBytes()) + ", internal topics included");
        rows.put("consumer group", coordinated.group());
        rows.put("transaction", coordinated.transaction());
        rows.put("in the WAL that is left", mebibytes(whereabouts.walBytes()) + " not trimmed yet");
        rows.put("in local segments", mebibytes(whereabouts.localBytes()));
        rows.put("in S3", mebibytes(whereabouts.s3Bytes()) + " in " + count(whereabouts.s3Objects()) + " objects");

        console.line("");
        rows.forEach((name, value) -> console.line(String.format(Locale.ROOT, "  %-28s %s", name, value)));
        console.line("");
        verdict.examples().forEach(example -> console.line("  " + example));
        console.line(
                isFlawless()
                        ? "Nothing that was acknowledged is lost, nothing is duplicated or out of order; groups and transactions go on."
                        : "FAILED: what was acknowledged is not what was read.");
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }

    private String millis(double percentile) {
        return Latency.millis(latencies, percentile);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
