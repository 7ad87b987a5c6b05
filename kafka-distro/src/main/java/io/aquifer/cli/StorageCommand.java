package io.aquifer.cli;

import picocli.CommandLine.Command;

/** {@code aquifer storage}: the commands for a cluster's bucket. */
@Command(
        name = "storage",
        description = "Verifies or lists what a cluster has in its bucket.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {StorageVerifyCommand.class, StorageListCommand.class, StorageUsageCommand.class})
final class StorageCommand {}
