package io.aquifer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aquifer wal dump}. */
@Command(
        name = "dump",
        description = {
            "Lists the blocks of a WAL and the records in them, from the trim position on.",
            "",
            "Only reads, and may be used while a broker runs on the WAL. With --json each line is an object."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DumpCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(index = "0", paramLabel = "PATH", description = "The device or file that the WAL is on.")
    private Path path;

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            defaultValue = "0",
            description = "Leave out blocks before this position.")
    private long from;

    @Option(names = "--limit", paramLabel = "N", description = "List this many blocks at most.")
    private @Nullable Long limit;

    @Option(names = "--blocks-only", description = "Leave out the records.")
    private boolean blocksOnly;

    @Option(
            names = "--topic-id",
            paramLabel = "ID",
            converter = TopicId.class,
            description = "List the records of this topic only, and the blocks with any of them. The id is written as"
                    + " kafka-topics.sh --describe and aquifer wal inspect show it.")
    private @Nullable UUID topicId;

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "List the records of partitions with this number only, and the blocks with any of them.")
    private @Nullable Integer partition;

    @Override
    public Integer call() throws IOException {
        if (from < 0 || (limit != null && limit < 1)) {
            throw new ParameterException(spec.commandLine(), "--from is 0 or more, --limit is 1 or more");
        }
        PrintWriter out = spec.commandLine().getOut();
        DumpFilter filter =
                new DumpFilter(from, limit == null ? Long.MAX_VALUE : limit, blocksOnly, topicId, partition);
        try (WalOnDevice wal = WalOnDevice.open(path)) {
            boolean damaged = Dump.run(wal, filter, line -> output.print(out, line, DumpText::of))
                    .damaged();
            return Failures.status(spec.commandLine(), damaged, path);
        }
    }
}
