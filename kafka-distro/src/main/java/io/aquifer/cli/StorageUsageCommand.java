package io.aquifer.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code aquifer storage du}. */
@Command(
        name = "du",
        description = "Sums up how many objects the cluster has and how long they are, by kind and by topic.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StorageUsageCommand extends BucketCommand {

    @Override
    int look(BrokerBucket bucket) throws IOException {
        BucketUsage.Sum sum = new BucketUsage.Sum(bucket.keys());
        bucket.forEach(sum::add);
        print(sum.usage(bucket.store().name()), BucketUsage::inWords);
        return 0;
    }
}
