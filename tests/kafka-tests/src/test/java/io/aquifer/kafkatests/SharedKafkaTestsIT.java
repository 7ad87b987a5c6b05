package io.aquifer.kafkatests;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.log.DurableAppends;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kafka's own tests with every log shared, those that are cleaned and internal ones, too: a shared log behaves as any
 * other, but for where it is durable.
 */
class SharedKafkaTestsIT {

    @BeforeAll
    static void waitForTheDevice() {
        DurableAppends.install();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.aquifer.kafkatests.KafkaTestClass#ofShareableLogs")
    void passAllOfThem(KafkaTestClass tests) {
        long before = DurableAppends.count();

        KafkaTestClass.Result result = tests.run(new RuntimePerTest(SharedKafkaTestsIT::topicId));

        assertThat(result.failures()).isEmpty();
        assertThat(result.succeeded()).isEqualTo(tests.tests());
        assertThat(DurableAppends.count()).as("appends that went to the device").isGreaterThan(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "io.aquifer.kafkatests.KafkaTestClass#ofCleaning",
        "io.aquifer.kafkatests.KafkaTestClass#ofCleanerThreads"
    })
    void passAllThatClean(KafkaTestClass tests) {
        long before = DurableAppends.pastTheDevice();

        passAllOfThem(tests);

        assertThat(DurableAppends.pastTheDevice()).as("appends that did not").isEqualTo(before);
    }

    private static Optional<Uuid> topicId(UnifiedLog log) {
        String topic = log.topicPartition().topic();
        UUID id = UUID.nameUUIDFromBytes(topic.getBytes(StandardCharsets.UTF_8));
        return Optional.of(log.topicId().orElse(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits())));
    }
}
