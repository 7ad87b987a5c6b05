package io.aquifer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that looks at what a cluster has in its bucket. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class BucketCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description =
                    "The server.properties of any broker of the cluster. What reaches the bucket is read from its"
                            + " rsm.config.aquifer.* settings; credentials are found as by a broker, in the environment or elsewhere.")
    private Path config;

    @Override
    public final Integer call() throws IOException {
        try (BrokerBucket bucket = BrokerBucket.open(config)) {
            return look(bucket);
        }
    }

    /** Says what there is, and answers the exit status. */
    abstract int look(BrokerBucket bucket) throws IOException;

    /** The node id of the broker whose settings were given. */
    final int configuredNode() throws RefusedException {
        return BrokerBucket.nodeId(config);
    }

    final <T> void print(T facts, Function<T, String> text) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        output.print(out, facts, text);
    }

    final CommandLine commandLine() {
        return spec.commandLine();
    }
}
