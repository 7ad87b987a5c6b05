package io.aquifer.kafkatests;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.EmbeddedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** Kafka's own tests of brokers that tier, with what they tier kept in S3 and read from there. */
class TieringKafkaTestsIT {

    @TempDir
    static Path folder;

    private static EmbeddedS3 server;

    @BeforeAll
    static void tierToS3() throws Exception {
        AwsCredentials credentials = EmbeddedS3.credentials().resolveCredentials();
        System.setProperty("aws.accessKeyId", credentials.accessKeyId());
        System.setProperty("aws.secretAccessKey", credentials.secretAccessKey());
        System.setProperty("aws.region", "us-east-1");
        server = EmbeddedS3.start(Files.createDirectory(folder.resolve("buckets")))
                .withBucket(TierOfTest.BUCKET);
        Files.createDirectory(folder.resolve("journals"));
        TierPerTest.install();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.aquifer.kafkatests.KafkaTestClass#ofTieringBrokers")
    void passAllOfThem(KafkaTestClass tests) {
        TierPerTest tiers =
                new TierPerTest(server, folder.resolve("buckets"), folder.resolve("journals"), tests.simpleName());

        KafkaTestClass.Result result = tests.run(tiers);

        assertThat(tiers.troubles()).isEmpty();
        assertThat(result.failures()).isEmpty();
        assertThat(result.succeeded()).isEqualTo(tests.tests());
        assertThat(tiers.copies()).as("segments copied to S3").isPositive();
    }
}
