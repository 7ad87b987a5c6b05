package io.aquifer.cli;

import io.aquifer.wal.WalOwner;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aquifer wal format}. */
@Command(
        name = "format",
        description = {
            "Makes an empty WAL of a device, for one broker.",
            "",
            "Refuses a device that is mounted or in use, always; and one that holds a file system, a partition table, a"
                    + " WAL or any other data, unless --force says that it doesn't matter."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class FormatCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(
            index = "0",
            paramLabel = "PATH",
            description = "The device, for example /dev/nvme1n1, or a file made before or with --size.")
    private Path path;

    @Option(
            names = "--cluster-id",
            required = true,
            paramLabel = "ID",
            description = "Id of the broker's cluster, as in cluster.id of its meta.properties.")
    private String clusterId;

    @Option(names = "--node-id", required = true, paramLabel = "N", description = "The broker's node.id.")
    private int nodeId;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            converter = ByteSize.class,
            description =
                    "Makes a file of this size if PATH doesn't exist, with every byte of it written: K, M, G and T"
                            + " stand for powers of 1024. Something that exists must have this size.")
    private @Nullable Long size;

    @Option(names = "--force", description = "Format although there is data on it, which is lost.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        if (clusterId.isBlank() || nodeId < 0) {
            throw new ParameterException(spec.commandLine(), "--cluster-id isn't empty, --node-id is 0 or more");
        }
        PrintWriter err = spec.commandLine().getErr();
        Formatted formatted = new Formatting(path, new WalOwner(clusterId, nodeId), force)
                .run(size, new FileProgress(path, size, err));
        formatted.warnings().forEach(warning -> err.println("aquifer: " + warning));
        output.print(spec.commandLine().getOut(), formatted, FormatText::of);
        return 0;
    }
}
