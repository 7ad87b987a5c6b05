package io.aquifer.cli;

import io.aquifer.cli.BucketOptions.Bucket;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code aquifer storage du}. */
@Command(
        name = "du",
        description = "Sums up how many objects the cluster has and how long they are, by kind and by topic.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StorageUsageCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Mixin
    private BucketOptions options;

    @Override
    public Integer call() throws IOException {
        try (Bucket bucket = options.open()) {
            BucketUsage.Sum sum = new BucketUsage.Sum(bucket.keys());
            bucket.forEach(sum::add);
            output.print(spec.commandLine().getOut(), sum.usage(bucket.store().name()), BucketUsage::inWords);
        }
        return 0;
    }
}
