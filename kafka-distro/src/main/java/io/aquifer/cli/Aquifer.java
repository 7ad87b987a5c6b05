package io.aquifer.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code aquifer}, the command line of the JAR. */
@Command(
        name = "aquifer",
        description = "Looks after the write-ahead logs of Kafka brokers with Aquifer.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = WalCommand.class)
public final class Aquifer {

    private Aquifer() {}

    /** Ends the process with 0 if the command did what it was asked, 1 if it refused or failed, 2 if it wasn't understood. */
    public static void main(String[] args) {
        System.exit(commandLine(System.getenv("AQUIFER_DEBUG") != null).execute(args));
    }

    /**
     * The command line, to be given arguments.
     *
     * @param debug whether every failure shows where it comes from, as with {@code --debug}
     */
    static CommandLine commandLine(boolean debug) {
        return new CommandLine(new Aquifer())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, all) -> {
                    PrintWriter err = command.getErr();
                    if (debug || OutputOptions.debug(command)) {
                        failure.printStackTrace(err);
                    } else {
                        err.println("aquifer: " + Failures.inWords(failure));
                    }
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
    }
}
