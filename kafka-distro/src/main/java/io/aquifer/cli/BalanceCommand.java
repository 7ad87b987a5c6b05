package io.aquifer.cli;

import io.aquifer.move.BalanceMove;
import io.aquifer.move.BalancePlan;
import io.aquifer.move.BalancePlanner;
import io.aquifer.move.KafkaCluster;
import io.aquifer.move.MoveOutcome;
import io.aquifer.move.Stopwatch;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code aquifer cluster balance}. */
@Command(
        name = "balance",
        description = {
            "Measures what brokers carry, and proposes moves of partitions with replication factor 1 that make it more even:"
                    + " bytes produced, bytes consumed, number of partitions.",
            "",
            "Changes nothing without --execute. If it is cut off then, what was begun goes on."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class BalanceCommand extends ReassignmentCommand {

    @Option(names = "--execute", description = "Make the moves, and return when they are done.")
    private boolean execute;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private long windowSeconds;

    @Option(
            names = "--max-moves",
            paramLabel = "N",
            description = "Propose this many moves at most, those that help most; as many as help if it isn't given.")
    private int maxMoves = Integer.MAX_VALUE;

    @Override
    void checkOptions() {
        requireAtLeast(1, windowSeconds, "--window");
        requireAtLeast(0, maxMoves, "--max-moves");
    }

    @Override
    int act(KafkaCluster cluster) throws IOException {
        BalancePlan plan =
                BalancePlanner.plan(cluster, cluster, Stopwatch.SYSTEM, Duration.ofSeconds(windowSeconds), maxMoves);
        MoveOutcome outcome = execute
                ? execute(cluster, plan.moves().stream().map(BalanceMove::move).toList())
                : null;
        BalanceReport report = BalanceReport.of(plan, windowSeconds, outcome);
        print(report, BalanceReportText::of);
        return Failures.status(commandLine(), report.incomplete(), BalanceReportText.incomplete(report));
    }
}
