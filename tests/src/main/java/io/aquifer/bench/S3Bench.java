package io.aquifer.bench;

import io.aquifer.bench.Comparison.Target;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Command;
import io.aquifer.harness.Folders;
import io.aquifer.harness.KafkaDistribution;
import io.aquifer.object.EmbeddedS3;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Segments in S3, copied and read by the drop-in JAR's storage manager, beside the AWS SDK. The server runs in this JVM, each
 * side in one of its own with its own class path.
 */
final class S3Bench {

    static final String UPLOADS = "uploads";
    static final String READS = "reads";

    /** Segments that are read: as many as there are readers at most. */
    static final int SEGMENTS = 16;

    private static final int MEBIBYTE = 1 << 20;
    private static final int LARGE_MEBIBYTES = 1024;
    private static final int SMALL_MEBIBYTES = 64;
    private static final Duration SYNC_LIMIT = Duration.ofMinutes(4);

    private final BenchPlan plan;
    private final Progress progress;
    private final Cleanup cleanup;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();

    S3Bench(BenchPlan plan, Progress progress, Cleanup cleanup) {
        this.plan = plan;
        this.progress = progress;
        this.cleanup = cleanup;
    }

    /** Runs everything; what it found is asked for afterwards. */
    void run() throws Exception {
        Path folder = cleanup.add(Folders.scratch("bench-s3")).path();
        Path objects = Files.createDirectory(folder.resolve("s3"));
        EmbeddedS3 server =
                cleanup.add(EmbeddedS3.start(objects)).withBucket(UPLOADS).withBucket(READS);
        Worker aquifer = cleanup.add(startAquifer(server, folder));
        Worker sdk = cleanup.add(startSdk(server));
        Path uploads = objects.resolve(UPLOADS);
        for (int mebibytes : List.of(LARGE_MEBIBYTES, SMALL_MEBIBYTES)) {
            Path file = randomFile(folder.resolve(mebibytes + "-mebibytes"), mebibytes);
            uploads(aquifer, sdk, file, mebibytes, uploads);
        }
        Path segment = randomFile(folder.resolve("segment"), segmentMebibytes());
        progress.line(String.format(Locale.ROOT, "%d segments of %d MiB to read", SEGMENTS, segmentMebibytes()));
        aquifer.ask("store", segment, SEGMENTS);
        List<Long> gets = reads(aquifer, sdk, 1, Target.atLeast(0.70));
        figures.add(new Figure(
                "GETs per GiB, one consumer",
                "GETs",
                gets.stream()
                        .map(count -> count * 1024.0 / plan.readMebibytes())
                        .toList(),
                Target.atMost(140)));
        reads(aquifer, sdk, SEGMENTS, Target.atLeast(0.85));
        heap(aquifer, folder.resolve(SMALL_MEBIBYTES + "-mebibytes"), uploads);
    }

    List<Comparison> comparisons() {
        return comparisons;
    }

    List<Figure> figures() {
        return figures;
    }

    private static Worker startAquifer(EmbeddedS3 server, Path folder) throws IOException {
        List<Path> classPath = new ArrayList<>(
                KafkaDistribution.withAquifer(folder.resolve("kafka")).jars());
        classPath.add(Path.of(S3Bench.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath()));
        return Worker.start(
                "Aquifer",
                classPath,
                AquiferWorker.class,
                List.of(server.endpoint().toString(), folder.toString()),
                EmbeddedS3.environment());
    }

    private static Worker startSdk(EmbeddedS3 server) throws IOException {
        return Worker.start(
                "AWS SDK",
                Worker.classPathOfThisJvm(),
                SdkWorker.class,
                List.of(server.endpoint().toString()),
                EmbeddedS3.environment());
    }

    private void uploads(Worker aquifer, Worker sdk, Path file, int mebibytes, Path bucket) throws Exception {
        String name = "upload of segments of " + mebibytes + " MiB";
        progress.line(name + "; the first time doesn't count");
        upload(aquifer, file, mebibytes, bucket);
        upload(sdk, file, mebibytes, bucket);
        Pair.Results<Double> results = Pair.inTurn(
                plan.rounds(),
                () -> upload(aquifer, file, mebibytes, bucket),
                () -> upload(sdk, file, mebibytes, bucket));
        comparisons.add(new Comparison(
                name, "transfer manager", "MB/s", results.aquifer(), results.other(), Target.atLeast(0.90)));
    }

    /** Always as much, in segments of so many MiB one after the other. */
    private double upload(Worker side, Path file, int mebibytes, Path bucket) throws IOException {
        long nanos = side.ask("upload", file, LARGE_MEBIBYTES / mebibytes).get(0);
        empty(bucket);
        return rate(side, LARGE_MEBIBYTES, nanos);
    }

    /** Answers the GETs that Aquifer sent in each round. */
    private List<Long> reads(Worker aquifer, Worker sdk, int readers, Target target) throws Exception {
        String name = readers == 1 ? "sequential read, one consumer" : "the same by " + readers + " consumers at once";
        progress.line(name + "; the first time doesn't count");
        List<Long> gets = new ArrayList<>();
        Pair.Side<Double> ours = () -> {
            List<Long> answer = aquifer.ask("read", readers);
            gets.add(answer.get(1));
            return rate(aquifer, plan.readMebibytes(), answer.get(0));
        };
        Pair.Side<Double> theirs = () -> {
            long segmentBytes = (long) segmentMebibytes() * MEBIBYTE;
            return rate(
                    sdk,
                    plan.readMebibytes(),
                    sdk.ask("read", readers, segmentBytes).get(0));
        };
        ours.measure();
        theirs.measure();
        gets.clear();
        Pair.Results<Double> results = Pair.inTurn(plan.rounds(), ours, theirs);
        comparisons.add(new Comparison(
                name, "SDK, ranges of 8 MiB in turn", "MB/s", results.aquifer(), results.other(), target));
        return gets;
    }

    private void heap(Worker aquifer, Path file, Path bucket) throws IOException {
        List<Double> kibibytes = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            kibibytes.add(aquifer.ask("cached", file).get(0) / 1024.0 / SMALL_MEBIBYTES);
            empty(bucket);
        }
        figures.add(new Figure("heap allocated per MiB from the cache", "KiB", kibibytes, Target.atMost(64)));
    }

    private double rate(Worker side, int mebibytes, long nanos) {
        double rate = (double) mebibytes * MEBIBYTE * 1e3 / nanos;
        progress.line(String.format(Locale.ROOT, "  %-12s %8.1f MB/s", side.name(), rate));
        return rate;
    }

    private int segmentMebibytes() {
        return plan.readMebibytes() / SEGMENTS;
    }

    /** Makes room, and has nothing left to be written that the next measurement would pay for. */
    private static void empty(Path bucket) throws IOException {
        try (Stream<Path> objects = Files.list(bucket)) {
            for (Path object : objects.toList()) {
                Folders.delete(object);
            }
        }
        Command.run(SYNC_LIMIT, "sync");
    }

    private static Path randomFile(Path file, int mebibytes) throws IOException {
        SplittableRandom random = new SplittableRandom(mebibytes);
        byte[] block = new byte[MEBIBYTE];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
        return file;
    }
}
