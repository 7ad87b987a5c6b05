package io.aquifer.cli;

import picocli.CommandLine.Command;

/** {@code aquifer topic}: the commands for the partitions of topics. */
@Command(
        name = "topic",
        description = "Moves partitions to other brokers.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TopicMoveCommand.class})
final class TopicCommand {}
