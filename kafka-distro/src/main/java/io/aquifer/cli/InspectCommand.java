package io.aquifer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aquifer wal inspect}. */
@Command(
        name = "inspect",
        description = {
            "Shows whose a WAL is, how full it is, whether it verifies, and what it holds of which partition.",
            "",
            "Only reads, and may be used while a broker runs on the WAL: then it shows a moving picture. Reads all that"
                    + " isn't trimmed."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(index = "0", paramLabel = "PATH", description = "The device or file that the WAL is on.")
    private Path path;

    @Override
    public Integer call() throws IOException {
        Inspection found = Inspector.inspect(path);
        output.print(spec.commandLine().getOut(), found, InspectionText::of);
        return Failures.status(spec.commandLine(), found.verification().damaged(), path);
    }
}
