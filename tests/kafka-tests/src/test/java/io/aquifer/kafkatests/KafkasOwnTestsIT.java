package io.aquifer.kafkatests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.aquifer.seam.WovenClasses;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kafka's own tests of what the seams are woven into, with nothing shared: woven classes behave as released ones. */
class KafkasOwnTestsIT {

    @Test
    void runOnTheWovenClasses() {
        ClassLoader classPath = getClass().getClassLoader();
        WovenClasses woven = WovenClasses.on(classPath);

        assertThatCode(() -> woven.verify(classPath, AppInfoParser.getVersion()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}, {1} tests")
    @CsvSource({
        "org.apache.kafka.storage.internals.log.LogSegmentTest, 35",
        "org.apache.kafka.storage.internals.log.LogSegmentsTest, 7",
        "org.apache.kafka.storage.internals.log.LocalLogTest, 37",
        "org.apache.kafka.storage.internals.log.UnifiedLogTest, 105",
        "org.apache.kafka.storage.internals.log.ProducerStateManagerTest, 64",
        "org.apache.kafka.storage.internals.log.LogConcurrencyTest, 2",
        "org.apache.kafka.storage.internals.log.LogManagerTest, 2",
        "kafka.log.LogLoaderTest, 34",
        "kafka.log.UnifiedLogTest, 77",
        "kafka.log.LogCleanerTest, 52"
    })
    void passAllOfThem(String className, int count) {
        KafkaTestRun run = KafkaTestRun.of(className);

        assertThat(run.failures()).isEmpty();
        assertThat(run.succeeded()).isEqualTo(count);
    }
}
