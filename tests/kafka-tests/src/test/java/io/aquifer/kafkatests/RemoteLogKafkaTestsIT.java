package io.aquifer.kafkatests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kafka's own tests of what calls the remote storage, in a JVM of their own: they count in metrics that all tests share. */
class RemoteLogKafkaTestsIT {

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.aquifer.kafkatests.KafkaTestClass#ofRemoteLogs")
    void passAllOfThem(KafkaTestClass tests) {
        KafkaTestClass.Result result = tests.run();

        assertThat(result.failures()).isEmpty();
        assertThat(result.succeeded()).isEqualTo(tests.tests());
    }
}
