package io.aquifer.cli;

import picocli.CommandLine.Command;

/** {@code aquifer broker}: the commands for a broker as a part of its cluster. */
@Command(
        name = "broker",
        description = "Lets other brokers take a dead one's partitions over.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TakeoverCommand.class})
final class BrokerCommand {}
