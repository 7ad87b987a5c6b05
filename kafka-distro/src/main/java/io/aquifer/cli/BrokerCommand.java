package io.aquifer.cli;

import picocli.CommandLine.Command;

/** {@code aquifer broker}: the commands for a broker as a part of its cluster. */
@Command(
        name = "broker",
        description = "Moves all partitions away from a broker, or lets other brokers take a dead one's over.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DrainCommand.class, TakeoverCommand.class})
final class BrokerCommand {}
