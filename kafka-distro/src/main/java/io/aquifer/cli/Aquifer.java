package io.aquifer.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code aquifer}, the command line of the JAR.
 *
 * <p>It needs Kafka's jars beside it, as they lie in {@code libs/}.
 */
@Command(
        name = "aquifer",
        description = "Looks after the write-ahead logs, the bucket and the partitions of Kafka brokers with Aquifer.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            WalCommand.class,
            StorageCommand.class,
            BrokerCommand.class,
            TopicCommand.class,
            ClusterCommand.class
        })
public final class Aquifer {

    private Aquifer() {}

    /** Ends the process with 0 if a command did what it was asked, 1 if it refused or failed, 2 if it wasn't understood. */
    public static void main(String[] arguments) {
        String debug = System.getenv("AQUIFER_DEBUG");
        PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        int status = commandLine(debug != null && !debug.isEmpty()).setOut(out).execute(arguments);
        out.flush();
        System.exit(status);
    }

    /**
     * The command line, to be given arguments.
     *
     * @param debug whether every failure shows where it comes from, as with {@code --debug}
     */
    static CommandLine commandLine(boolean debug) {
        Failures failures = new Failures(debug);
        return new CommandLine(new Aquifer())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
    }
}
