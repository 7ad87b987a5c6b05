package io.aquifer.cli;

import io.aquifer.cli.BucketOptions.Bucket;
import io.aquifer.coverage.BucketCheck;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

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
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StorageVerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Mixin
    private BucketOptions options;

    @Override
    public Integer call() throws IOException {
        try (Bucket bucket = options.open()) {
            VerifiedBucket found =
                    VerifiedBucket.of(bucket.store().name(), new BucketCheck(bucket.store(), bucket.keys()).run());
            output.print(spec.commandLine().getOut(), found, VerifiedBucketText::of);
            return Failures.status(
                    spec.commandLine(),
                    !found.whole(),
                    "Of the " + found.bucket() + " something is missing or can't be read: " + found.inShort());
        }
    }
}
