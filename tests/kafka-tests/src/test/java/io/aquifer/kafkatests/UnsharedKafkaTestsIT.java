package io.aquifer.kafkatests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kafka's own tests in a broker with a WAL in which nothing is shared. */
class UnsharedKafkaTestsIT {

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "io.aquifer.kafkatests.KafkaTestClass#ofShareableLogs",
        "io.aquifer.kafkatests.KafkaTestClass#ofCleaning"
    })
    void passAllOfThem(KafkaTestClass tests) {
        KafkaTestClass.Result result = tests.run(new RuntimePerTest(log -> Optional.empty()));

        assertThat(result.failures()).isEmpty();
        assertThat(result.succeeded()).isEqualTo(tests.tests());
    }
}
