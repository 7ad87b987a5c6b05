package io.aquifer.cli;

import picocli.CommandLine.Command;

/** {@code aquifer wal}: the commands for a write-ahead log. */
@Command(
        name = "wal",
        description =
                "Formats, inspects or dumps a write-ahead log (WAL), restores what depends on it, moves or recovers it.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            FormatCommand.class,
            InspectCommand.class,
            DumpCommand.class,
            RestoreDirectoriesCommand.class,
            RecoverCommand.class,
            MoveCommand.class
        })
final class WalCommand {}
