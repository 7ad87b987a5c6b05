package io.aquifer.cli;

import io.aquifer.move.KafkaCluster;
import io.aquifer.move.MovePlanner;
import io.aquifer.move.MoveRounds;
import java.io.IOException;
import picocli.CommandLine.Option;

/** A command that moves what it is told to move, unless it is only to say what that would be. */
abstract class MovingCommand extends ReassignmentCommand {

    @Option(names = "--dry-run", description = "Say what would be moved where, and change nothing.")
    private boolean dryRun;

    /** Plans, moves, answers, and returns the exit status. */
    final int carryOut(KafkaCluster cluster, MovePlanner planner) throws IOException {
        MoveReport report;
        if (dryRun) {
            report = MoveReport.of(rounds(cluster).plan(planner), null);
        } else {
            MoveRounds.Done done = rounds(cluster).run(planner);
            report = MoveReport.of(done.plan(), done.outcome());
        }
        print(report, MoveReportText::of);
        return Failures.status(commandLine(), report.incomplete(), MoveReportText.incomplete(report));
    }
}
