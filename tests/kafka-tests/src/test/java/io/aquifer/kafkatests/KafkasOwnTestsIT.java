package io.aquifer.kafkatests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.aquifer.seam.WovenClasses;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kafka's own tests of what the seams are woven into, with nothing shared: woven classes behave as released ones. */
class KafkasOwnTestsIT {

    @Test
    void runOnTheWovenClasses() {
        ClassLoader classPath = getClass().getClassLoader();
        WovenClasses woven = WovenClasses.on(classPath);

        assertThatCode(() -> woven.verify(classPath, AppInfoParser.getVersion()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.aquifer.kafkatests.KafkaTestClass#all")
    void passAllOfThem(KafkaTestClass tests) {
        KafkaTestClass.Result result = tests.run();

        assertThat(result.failures()).isEmpty();
        assertThat(result.succeeded()).isEqualTo(tests.tests());
    }
}
