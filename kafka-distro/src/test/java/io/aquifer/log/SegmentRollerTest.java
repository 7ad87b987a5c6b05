package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRollerTest {

    private static final Duration AGE = Duration.ofMinutes(1);
    private static final TopicPartition SLOW = new TopicPartition("slow", 0);

    @TempDir
    Path root;

    private Broker broker;
    private SegmentRoller roller;
    private long now;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("slow").topic("local").start();
        roller = new SegmentRoller(broker.runtime().logs()::shared, AGE, () -> now);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void pass(Duration later) {
        now += later.toNanos();
        roller.pass();
    }

    @Test
    void aSegmentIsRolledWhenItHasHadRecordsForLongEnough() throws IOException {
        UnifiedLog log = broker.create(SLOW);
        log.appendAsLeader(Batches.of("a", "b", "c"), 0);
        pass(Duration.ZERO);
        pass(AGE.minusNanos(1));
        assertThat(log.numberOfSegments()).isEqualTo(1);

        pass(Duration.ofNanos(1));

        assertThat(log.numberOfSegments()).isEqualTo(2);
        assertThat(log.activeSegment().baseOffset()).isEqualTo(3);
    }

    @Test
    void anEmptySegmentStaysAsItIs() throws IOException {
        UnifiedLog log = broker.create(SLOW);
        pass(Duration.ZERO);
        pass(AGE);
        assertThat(log.numberOfSegments()).isEqualTo(1);

        log.appendAsLeader(Batches.of("a"), 0);
        pass(AGE);
        assertThat(log.numberOfSegments()).isEqualTo(1);
    }

    @Test
    void aSegmentThatKafkaHasRolledMeanwhileBeginsAnew() throws IOException {
        UnifiedLog log = broker.create(SLOW);
        log.appendAsLeader(Batches.of("a"), 0);
        pass(Duration.ZERO);
        log.roll();
        log.appendAsLeader(Batches.of("a"), 0);

        pass(AGE);
        assertThat(log.numberOfSegments()).isEqualTo(2);
        pass(AGE);
        assertThat(log.numberOfSegments()).isEqualTo(3);
    }

    @Test
    void nothingIsRolledThatIsNotCopiedOrNotShared() throws IOException {
        UnifiedLog local = broker.create(new TopicPartition("local", 0));
        UnifiedLog log = broker.create(SLOW);
        local.appendAsLeader(Batches.of("a"), 0);
        log.appendAsLeader(Batches.of("a"), 0);
        broker.reconfigure("slow", "remote.storage.enable", "true", "remote.log.copy.disable", "true");
        pass(Duration.ZERO);
        pass(AGE);

        assertThat(local.numberOfSegments()).isEqualTo(1);
        assertThat(log.numberOfSegments()).isEqualTo(1);
    }

    @Test
    void aLogThatIsGoneKeepsNobodyFromRollingOthers() throws IOException {
        UnifiedLog log = broker.create(SLOW);
        UnifiedLog gone = broker.create(new TopicPartition("slow", 1));
        gone.appendAsLeader(Batches.of("a"), 0);
        log.appendAsLeader(Batches.of("a"), 0);
        pass(Duration.ZERO);
        gone.closeHandlers();

        pass(AGE);

        assertThat(log.numberOfSegments()).isEqualTo(2);
    }
}
