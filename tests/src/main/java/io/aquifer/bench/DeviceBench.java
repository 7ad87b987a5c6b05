package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.WalDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The WAL engine beside the device it writes to. */
final class DeviceBench {

    private static final long DEVICE_BYTES = 1L << 30;
    private static final int SMALL = 4 << 10;
    private static final int DEPTH = 4;

    private final BenchPlan plan;
    private final Progress progress;
    private final Cleanup cleanup;
    private final DeviceWriter engine = new EngineWriter();
    private final DeviceWriter bare = FioWriter.isInstalled() ? new FioWriter() : new LoopWriter();

    DeviceBench(BenchPlan plan, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.progress = progress;
        this.cleanup = cleanup;
    }

    List<Comparison> run() throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-device")).path();
        Path walFolder = plan.walFolder();
        WalDevice device =
                cleanup.add(WalDevice.create(walFolder == null ? folder : walFolder, "wal-device", DEVICE_BYTES));
        progress.line("Device: " + device);
        List<Comparison> comparisons = new ArrayList<>();
        for (int kibibytes : List.of(256, 1024)) {
            comparisons.add(compare(
                    device,
                    String.format(Locale.ROOT, "WAL engine, blocks of %d KiB, %d in flight", kibibytes, DEPTH),
                    kibibytes << 10,
                    DEPTH,
                    "MB/s",
                    DeviceFigures::megabytesPerSecond,
                    Target.atLeast(0.90)));
        }
        comparisons.add(compare(
                device,
                "WAL engine, one append of 4 KiB at a time, p50",
                SMALL,
                1,
                "µs",
                DeviceFigures::p50Micros,
                Target.atMost(1.25)));
        device.close();
        return comparisons;
    }

    private Comparison compare(
            WalDevice device,
            String name,
            int blockBytes,
            int depth,
            String unit,
            ToDoubleFunction<DeviceFigures> figure,
            Target target)
            throws Exception {
        Pair.Results<Double> results = Pair.inTurn(
                plan.rounds(),
                () -> measure(engine, device, blockBytes, depth, unit, figure),
                () -> measure(bare, device, blockBytes, depth, unit, figure));
        return new Comparison(name, bare.name(), unit, results.aquifer(), results.other(), target);
    }

    private double measure(
            DeviceWriter writer,
            WalDevice device,
            int blockBytes,
            int depth,
            String unit,
            ToDoubleFunction<DeviceFigures> figure)
            throws Exception {
        double value = figure.applyAsDouble(writer.write(device.path(), blockBytes, depth, plan.measured()));
        progress.line(String.format(
                Locale.ROOT,
                "  %-12s %5d KiB, %d in flight: %,10.1f %s",
                writer.name(),
                blockBytes >> 10,
                depth,
                value,
                unit));
        return value;
    }
}
