package io.aquifer.cli;

import io.aquifer.coverage.BucketCheck;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code aquifer storage verify}. */
@Command(
        name = "verify",
        description = {
            "Shows where the records of every partition are in the bucket, and whether any are missing.",
            "",
            "Only reads, and may be used while brokers run. Reads the index of every object, and of their data nothing:"
                    + " that is verified by whoever reads it."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StorageVerifyCommand extends BucketCommand {

    @Override
    int look(BrokerBucket bucket) throws IOException {
        VerifiedBucket found =
                VerifiedBucket.of(bucket.store().name(), new BucketCheck(bucket.store(), bucket.keys()).run());
        print(found, VerifiedBucketText::of);
        return Failures.status(
                commandLine(),
                !found.whole(),
                "Of the " + found.bucket() + " something is missing or can't be read: " + found.inShort());
    }
}
