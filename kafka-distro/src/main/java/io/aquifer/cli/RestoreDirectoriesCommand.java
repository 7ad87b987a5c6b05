package io.aquifer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aquifer wal restore-directories}. */
@Command(
        name = "restore-directories",
        description = {
            "Writes the meta.properties of log directories that are lost or empty, with the ids that the WAL has of them.",
            "",
            "Without it a broker whose local disk was lost doesn't start, and with new ids in it the controller takes the"
                    + " directories for others. Directories that have the file are left alone. Run it while the broker"
                    + " is stopped; what was in the directories is rebuilt when it starts."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RestoreDirectoriesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(index = "0", paramLabel = "PATH", description = "The device or file that the broker's WAL is on.")
    private Path path;

    @Option(
            names = "--log-dirs",
            required = true,
            split = ",",
            paramLabel = "DIR",
            description = "All log directories of the broker: log.dirs in its server.properties.")
    private List<Path> logDirs;

    @Override
    public Integer call() throws IOException {
        try (WalOnDevice wal = WalOnDevice.open(path)) {
            RestoredDirectories restored = RestoredDirectories.restore(wal.superblock(), logDirs);
            output.print(spec.commandLine().getOut(), restored, RestoredDirectories::inWords);
        }
        return 0;
    }
}
