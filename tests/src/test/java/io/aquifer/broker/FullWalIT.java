package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Payload;
import io.aquifer.harness.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** A WAL that nobody trims, filled to the brim. The steps build on each other. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class FullWalIT {

    private static final String SHARED = "shared";
    private static final String STOCK = "stock";
    private static final String OTHER = "other-shared";
    private static final int VALUE_BYTES = 8_000;

    private final History history = new History();
    private BrokerFixture fixture;

    @BeforeAll
    void fillTheWal() throws IOException {
        fixture = BrokerFixture.start(Plan.DEFAULT
                .withWal(24L << 20)
                .with("aquifer.wal.memory.bytes", Integer.toString(4 << 20))
                .with("aquifer.wal.block.bytes", Integer.toString(128 << 10))
                .with("aquifer.wal.append.timeout.ms", "300")
                .with("aquifer.wal.trim.interval.ms", "3600000"));
        fixture.createShared(SHARED, 2);
        fixture.createShared(OTHER, 1);
        fixture.topics().create(STOCK, 1, 1, Map.of());
        try (Load load = new Load(fixture.bootstrap(), SHARED, history, oneTry()).start()) {
            Await.until("refused records", LIMIT, () -> load.failed() > 20);
            load.stop(LIMIT);
            assertThat(load.firstFailure()).isInstanceOf(NotEnoughReplicasException.class);
        }
    }

    @AfterAll
    void cleanUp() {
        fixture.close();
    }

    @Test
    @Order(1)
    void nothing_of_a_refused_request_is_in_the_log() {
        Verdict verdict = fixture.check(SHARED, history);

        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.read()).isEqualTo(history.acknowledged()).isLessThan(history.sent());
    }

    @Test
    @Order(2)
    void a_request_is_refused_after_the_time_that_the_setting_says() {
        try (KafkaProducer<byte[], byte[]> producer = producer(0)) {
            long begin = System.nanoTime();
            Future<RecordMetadata> refused = producer.send(large(SHARED));

            assertThat(failureOf(refused)).isInstanceOf(NotEnoughReplicasException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
        }
    }

    @Test
    @Order(3)
    void an_unshared_partition_in_the_same_request_is_served() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(200)) {
            Future<RecordMetadata> shared = producer.send(large(SHARED));
            Future<RecordMetadata> stock = producer.send(large(STOCK));

            assertThat(stock.get(LIMIT.toSeconds(), TimeUnit.SECONDS).hasOffset())
                    .isTrue();
            assertThat(failureOf(shared)).isInstanceOf(NotEnoughReplicasException.class);
        }
    }

    @Test
    @Order(4)
    void the_log_directory_stays_online_and_what_was_acknowledged_can_be_read() {
        assertThat(fixture.topics().offlineLogDirs(1)).isEmpty();
        assertThat(fixture.broker().isAlive()).isTrue();
    }

    @Test
    @Order(5)
    void records_are_deleted_and_topics_too_since_control_records_have_room_of_their_own() {
        assertThat(fixture.topics().deleteRecordsBelow(SHARED, 0, 1)).isEqualTo(1);

        fixture.topics().delete(OTHER);
    }

    @Test
    @Order(6)
    void a_restart_that_trims_makes_room_again() throws IOException {
        fixture.broker().kill();
        fixture.broker().reconfigure(fixture.broker().config().with(Map.of("aquifer.wal.trim.interval.ms", "100")));
        fixture.restart();
        fixture.writeMore(SHARED, history, 5_000, Load.Options.DEFAULT.withValueBytes(VALUE_BYTES));

        Verdict verdict = fixture.checkFrom(SHARED, history, Map.of(0, 1L));
        assertThat(verdict.examples()).isEmpty();
    }

    private static Load.Options oneTry() {
        return Load.Options.DEFAULT
                .withValueBytes(VALUE_BYTES)
                .with("enable.idempotence", false)
                .with("retries", 0)
                .with("buffer.memory", 256 << 10)
                .with("max.in.flight.requests.per.connection", 1);
    }

    private KafkaProducer<byte[], byte[]> producer(int lingerMs) {
        return new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                fixture.bootstrap(),
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class,
                "acks",
                "all",
                "enable.idempotence",
                false,
                "retries",
                0,
                "max.request.size",
                2 << 20,
                "linger.ms",
                lingerMs));
    }

    /** Too much for what is left of the ring, little for a broker. */
    private static ProducerRecord<byte[], byte[]> large(String topic) {
        return new ProducerRecord<>(topic, 0, null, new Payload(0, 0).encode(400_000));
    }

    private static Throwable failureOf(Future<RecordMetadata> future) {
        try {
            future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("The record was accepted");
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
