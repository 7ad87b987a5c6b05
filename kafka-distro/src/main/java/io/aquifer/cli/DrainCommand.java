package io.aquifer.cli;

import io.aquifer.move.DrainPlanner;
import io.aquifer.move.KafkaCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aquifer broker drain}. */
@Command(
        name = "drain",
        description = {
            "Moves every replica on a broker that runs to other brokers, by ordinary reassignments.",
            "",
            "Returns when none is left there. If it is cut off, what was begun goes on, and the same command goes on with the"
                    + " rest. Nothing keeps Kafka from giving the broker new partitions; cordoning its log directories does."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DrainCommand extends MovingCommand {

    @Parameters(index = "0", paramLabel = "NODE", description = "The node id of the broker.")
    private int nodeId;

    @Option(
            names = "--to",
            split = ",",
            paramLabel = "ID",
            description =
                    "The brokers that get its partitions; all others that are alive and not cordoned if it isn't given.")
    private List<Integer> to = new ArrayList<>();

    @Override
    int act(KafkaCluster cluster) throws IOException {
        return carryOut(cluster, state -> DrainPlanner.plan(state, nodeId, to));
    }
}
