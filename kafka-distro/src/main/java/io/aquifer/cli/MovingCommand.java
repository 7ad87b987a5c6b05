package io.aquifer.cli;

import io.aquifer.move.KafkaCluster;
import io.aquifer.move.MoveOutcome;
import io.aquifer.move.MovePlan;
import java.io.IOException;
import picocli.CommandLine.Option;

/** A command that moves what it is told to move, unless it is only to say what that would be. */
abstract class MovingCommand extends ReassignmentCommand {

    @Option(names = "--dry-run", description = "Say what would be moved where, and change nothing.")
    private boolean dryRun;

    /** Moves, answers, and returns the exit status. */
    final int carryOut(KafkaCluster cluster, MovePlan plan) throws IOException {
        MoveOutcome outcome = dryRun ? null : execute(cluster, plan.moves());
        MoveReport report = MoveReport.of(plan, outcome);
        print(report, MoveReportText::of);
        return Failures.status(commandLine(), report.incomplete(), MoveReportText.incomplete(report));
    }
}
