package io.aquifer.cli;

import io.aquifer.move.KafkaCluster;
import io.aquifer.move.Move;
import io.aquifer.move.MoveExecutor;
import io.aquifer.move.MoveOutcome;
import io.aquifer.move.MoveRounds;
import io.aquifer.move.Stopwatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that asks a cluster's controller to reassign partitions. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class ReassignmentCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--bootstrap-server",
            required = true,
            paramLabel = "HOST:PORT[,HOST:PORT]",
            description = "Brokers of the cluster to connect to first.")
    private String bootstrapServers;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description =
                    "Settings of the Admin client, such as those of its security, as Kafka's own tools take them.")
    private @Nullable Path commandConfig;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "1800",
            description = "How long to begin reassignments and wait for them; what was begun goes on afterwards"
                    + " (default: ${DEFAULT-VALUE}).")
    private long timeoutSeconds;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many partitions to move at a time at most (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Override
    public final Integer call() throws IOException {
        requireAtLeast(1, concurrency, "--concurrency");
        requireAtLeast(0, timeoutSeconds, "--timeout");
        checkOptions();
        Properties settings = commandConfig == null ? new Properties() : SettingsFile.read(commandConfig);
        try (KafkaCluster cluster = KafkaCluster.connect(bootstrapServers, settings)) {
            return act(cluster);
        }
    }

    /** Looks at a command's own options before a cluster is asked anything. */
    void checkOptions() {}

    /** Does it, says what was done, and answers the exit status. */
    abstract int act(KafkaCluster cluster) throws IOException;

    /** @throws ParameterException if a number is too small to mean anything */
    final void requireAtLeast(long least, long given, String option) {
        if (given < least) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + given + ", and has to be " + least + " at least");
        }
    }

    /** Moves, and tells on standard error how far that has got. */
    final MoveOutcome execute(KafkaCluster cluster, List<Move> moves) throws IOException {
        return new MoveExecutor(
                        cluster,
                        Stopwatch.SYSTEM,
                        moves,
                        concurrency,
                        Duration.ofSeconds(timeoutSeconds),
                        new MoveProgressText(spec.commandLine().getErr()))
                .run();
    }

    /** Plans, or moves and tells as above. */
    final MoveRounds rounds(KafkaCluster cluster) {
        return new MoveRounds(
                cluster,
                Stopwatch.SYSTEM,
                concurrency,
                Duration.ofSeconds(timeoutSeconds),
                new MoveProgressText(spec.commandLine().getErr()));
    }

    final <T> void print(T facts, Function<T, String> text) throws IOException {
        output.print(spec.commandLine().getOut(), facts, text);
    }

    final CommandLine commandLine() {
        return spec.commandLine();
    }
}
