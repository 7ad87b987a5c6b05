package io.aquifer.cli;

import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
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
                    + " is stopped; what was in the directories is rebuilt when it starts.",
            "",
            "An id that the WAL has and none of the directories carries afterwards is forgotten: that directory is lost"
                    + " for good, and what was in it is rebuilt in the others."
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
        RestoredDirectories restored;
        try (WalOnDevice wal = WalOnDevice.open(path)) {
            restored = RestoredDirectories.restore(wal.superblock(), logDirs);
        }
        if (!restored.forgotten().isEmpty()) {
            forget(restored.forgotten());
        }
        output.print(spec.commandLine().getOut(), restored, RestoredDirectories::inWords);
        return 0;
    }

    /** The WAL is opened for writing only here, so that a broker that runs is found out. */
    private void forget(List<String> ids) throws IOException {
        try (BlockDevice device = new BlockDevices(new JnaNativeIo()).openForWriting(path, DurabilitySetting.AUTO);
                AlignedMemory memory = AlignedMemory.system()) {
            SuperblockSlots slots = new SuperblockSlots(device, memory.allocate(Superblock.SIZE));
            Superblock found = slots.read();
            slots.write(found.withDirectoryIds(found.directoryIds().stream()
                    .filter(id -> !ids.contains(TopicId.inKafkasForm(id)))
                    .toList()));
        }
    }
}
