package io.aquifer.bench;

import io.aquifer.harness.Cleanup;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the benchmarks. */
@Command(
        name = "aquifer bench",
        mixinStandardHelpOptions = true,
        version = "Aquifer 0.1.0",
        sortOptions = false,
        description = {
            "Runs pairs in turn, several rounds each, and reports the median of the rounds' ratios.",
            "",
            "Exit status: 0 every target was reached; 1 one was missed; 2 it could not run."
        })
public final class Bench implements Callable<Integer> {

    /** What can be compared. */
    enum Part {
        /** The WAL engine with the bare device. */
        DEVICE,
        /** One broker's shared topic with its stock topic. */
        TOPIC,
        /** One broker with a stock cluster of three. */
        CLUSTER,
        /** Copying segments to S3 and reading them with the AWS SDK doing the same. */
        S3,
        /** One broker whose WAL goes to S3 with one whose WAL stays on its device. */
        UPLOAD,
        /** A start of a broker without its local disk with one that has it. */
        RESTART,
        /** The takeover of a dead broker's partitions, beside a stock cluster's own failover. */
        TAKEOVER,
        /** The move of one partition between brokers that live, and the drain of a broker. */
        MOVE,
        /** Commits of offsets and transactions with a stock cluster of three. */
        COORDINATORS,
        /** The restore of what Kafka doesn't tier: of the internal topics, and of a compacted one. */
        RESTORE
    }

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Option(
            names = "--part",
            paramLabel = "PART",
            split = ",",
            description = "What to compare: ${COMPLETION-CANDIDATES} (default: all).")
    private @Nullable Set<Part> parts;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each pair is run (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long each side of a pair is measured in a round (default: ${DEFAULT-VALUE}).")
    private int seconds = 15;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "How long each side of a pair of brokers is loaded before the first round, while its JVMs still"
                            + " compile (default: ${DEFAULT-VALUE}).")
    private int warmUpSeconds = 60;

    @Option(
            names = "--read-mib",
            paramLabel = "MIB",
            defaultValue = "2048",
            description =
                    "How much is read from S3 in a round by each side, in 16 segments (default: ${DEFAULT-VALUE}).")
    private int readMebibytes = 2048;

    @Option(
            names = "--move-mib",
            paramLabel = "MIB",
            defaultValue = "10240",
            description = "How much the partition holds that is moved between brokers (default: ${DEFAULT-VALUE}).")
    private int movedMebibytes = 10240;

    @Option(
            names = "--wal-folder",
            paramLabel = "FOLDER",
            description =
                    "Where the WAL's file lies (default: beside the logs, whose writes it then shares a disk with).")
    private @Nullable Path walFolder;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Where results.json and results.md go (default: target/bench/<time> in the checkout).")
    private @Nullable Path out;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() {
        Progress progress = new Progress(System.out);
        BenchPlan plan = new BenchPlan(
                rounds, Duration.ofSeconds(seconds), Duration.ofSeconds(warmUpSeconds), readMebibytes, walFolder);
        Set<Part> wanted = parts == null ? EnumSet.allOf(Part.class) : parts;
        List<Comparison> comparisons = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        try (Cleanup cleanup = new Cleanup()) {
            if (wanted.contains(Part.DEVICE)) {
                comparisons.addAll(new DeviceBench(plan, progress, cleanup).run());
            }
            if (wanted.contains(Part.TOPIC) || wanted.contains(Part.CLUSTER)) {
                comparisons.addAll(new BrokerBench(plan, progress, cleanup).run(wanted));
            }
            if (wanted.contains(Part.S3)) {
                S3Bench s3 = new S3Bench(plan, progress, cleanup);
                s3.run();
                comparisons.addAll(s3.comparisons());
                figures.addAll(s3.figures());
            }
            if (wanted.contains(Part.UPLOAD)) {
                UploadBench upload = new UploadBench(plan, progress, cleanup);
                upload.run();
                comparisons.addAll(upload.comparisons());
                figures.addAll(upload.figures());
            }
            if (wanted.contains(Part.RESTART)) {
                figures.add(new RestartBench(plan, progress, cleanup).run());
            }
            if (wanted.contains(Part.TAKEOVER)) {
                figures.addAll(new TakeoverBench(plan, progress, cleanup).run());
            }
            if (wanted.contains(Part.MOVE)) {
                figures.addAll(new MoveBench(plan, movedMebibytes, progress, cleanup).run());
            }
            if (wanted.contains(Part.COORDINATORS)) {
                comparisons.addAll(new CoordinatorBench(plan, progress).run());
            }
            if (wanted.contains(Part.RESTORE)) {
                figures.addAll(new CoordinatorRestartBench(plan, progress).run());
                figures.add(new TableRestoreBench(plan, progress).run());
            }
            Report report = new Report(Machine.here(), Instant.now(), plan, comparisons, figures);
            Path folder = out != null ? out : Report.defaultFolder(STAMP.format(report.time()));
            report.write(folder);
            progress.line("");
            progress.line(report.markdown());
            progress.line("Written to " + folder.toAbsolutePath());
            return report.isReached() ? 0 : 1;
        } catch (Exception | AssertionError e) {
            progress.line("The benchmark could not be run to its end: " + e);
            return 2;
        }
    }
}
