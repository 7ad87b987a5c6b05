package io.aquifer.demo;

import io.aquifer.harness.Cleanup;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the demonstration. */
@Command(
        name = "aquifer demo",
        mixinStandardHelpOptions = true,
        version = "Aquifer 0.1.0",
        sortOptions = false,
        description = {
            "Starts three stock Kafka brokers with the Aquifer JAR beside their own and an S3 server, produces to a topic"
                    + " with one replica, kills one broker for good and deletes its disk, lets the others take its"
                    + " partitions over, drains another, and reads everything back, old offsets from S3.",
            "",
            "Exit status: 0 nothing acknowledged was lost, duplicated or reordered; 1 something was; 2 it could not run."
        })
public final class Demo implements Callable<Integer> {

    private static final Duration WARM_UP = Duration.ofSeconds(3);

    @Option(
            names = "--rate",
            paramLabel = "RECORDS",
            defaultValue = "2000",
            description = "Records a second while latency is measured (default: ${DEFAULT-VALUE}).")
    private int rate = 2_000;

    @Option(
            names = "--steady",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long to produce at that rate (default: ${DEFAULT-VALUE}).")
    private int steadySeconds = 5;

    @Option(
            names = "--flat-out",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How long to produce as fast as possible, before the kill (default: ${DEFAULT-VALUE}).")
    private int flatOutSeconds = 2;

    @Option(
            names = "--wal-mib",
            paramLabel = "MIB",
            defaultValue = "256",
            description = "Size of each broker's write-ahead log (default: ${DEFAULT-VALUE}).")
    private int walMebibytes = 256;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Demo()).execute(arguments));
    }

    @Override
    public Integer call() {
        Console console = new Console(System.out, Boolean.getBoolean("aquifer.terminal"));
        DemoPlan plan = new DemoPlan(
                rate,
                WARM_UP,
                Duration.ofSeconds(steadySeconds),
                Duration.ofSeconds(flatOutSeconds),
                (long) walMebibytes << 20);
        try (Cleanup cleanup = new Cleanup()) {
            DemoResult result = new DemoRun(plan, console, cleanup).run();
            result.print(console);
            return result.isFlawless() ? 0 : 1;
        } catch (Exception | AssertionError e) {
            console.line("The demo could not be run to its end: " + e.getMessage());
            return 2;
        }
    }
}
