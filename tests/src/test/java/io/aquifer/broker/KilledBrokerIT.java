package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Segments;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Producers of every kind write while the broker is killed three times: with its page cache intact and five requests of each
 * idempotent producer unanswered, with the last segments cut short, and with their ends turned into noise. None of what is damaged was ever flushed.
 */
class KilledBrokerIT extends EveryProducer {

    @Override
    BrokerFixture start() throws IOException {
        BrokerFixture fixture = BrokerFixture.start(BrokerFixture.NEVER_FLUSHED);
        TOPICS.forEach(topic -> fixture.createShared(topic, PARTITIONS));
        return fixture;
    }

    @Override
    void befall(BrokerFixture fixture, Step untilAllGotOn) throws IOException {
        fixture.broker().pause();
        awaitManyInFlight();
        fixture.killAndRestart();
        untilAllGotOn.run();
        fixture.broker().kill();
        damage(fixture, partition -> Segments.cutLast(partition, 0.4));
        fixture.restart();
        untilAllGotOn.run();
        fixture.broker().kill();
        damage(fixture, partition -> Segments.corruptLast(partition, 0.3));
        fixture.restart();
    }

    private static void damage(BrokerFixture fixture, Damage damage) throws IOException {
        for (String topic : TOPICS) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                long bytes = damage.inflict(fixture.broker().partitionFolder(topic, partition));
                assertThat(bytes).isPositive();
            }
        }
    }

    @FunctionalInterface
    private interface Damage {
        long inflict(Path partition) throws IOException;
    }
}
