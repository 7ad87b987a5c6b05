package io.aquifer.cli;

import picocli.CommandLine.Command;

/** {@code aquifer cluster}: the commands for a cluster as a whole. */
@Command(
        name = "cluster",
        description = "Balances the load of a cluster's brokers.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {BalanceCommand.class})
final class ClusterCommand {}
