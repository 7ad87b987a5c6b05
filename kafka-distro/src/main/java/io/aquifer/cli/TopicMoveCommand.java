package io.aquifer.cli;

import io.aquifer.move.KafkaCluster;
import io.aquifer.move.TopicMovePlanner;
import io.aquifer.move.TopicSelection;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code aquifer topic move}. */
@Command(
        name = "move",
        description = {
            "Moves partitions of topics with replication factor 1 to other brokers, by ordinary reassignments.",
            "",
            "Partitions that are on one of the brokers already stay there. Returns when the new brokers lead them. If it is cut"
                    + " off, what was begun goes on, and the same command goes on with the rest."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TopicMoveCommand extends MovingCommand {

    @Parameters(
            arity = "1..*",
            paramLabel = "TOPIC[:P[,P]]",
            converter = Selection.class,
            description = "A topic with all of its partitions, or with those whose numbers follow.")
    private List<TopicSelection> topics;

    @Option(
            names = "--to",
            required = true,
            split = ",",
            paramLabel = "ID",
            description =
                    "The brokers to move to. Of several, the one that leads the fewest partitions gets the next one,"
                            + " and among those one in the same rack.")
    private List<Integer> to;

    /** Partitions as they are written on the command line. */
    private static final class Selection implements ITypeConverter<TopicSelection> {

        @Override
        public TopicSelection convert(String value) {
            try {
                return TopicSelection.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    int act(KafkaCluster cluster) throws IOException {
        return carryOut(cluster, state -> TopicMovePlanner.plan(state, topics, to));
    }
}
