package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A producer that commits a transaction on one partition, and keeps the next one open for as long as a test likes. */
final class OpenTransaction implements AutoCloseable {

    private static final int VALUE_BYTES = 4_000;
    private static final int COMMITTED = 1_500;
    private static final int AT_ONCE = 500;
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final String topic;
    private final Duration timeout;
    private final List<Payload> sent = new ArrayList<>();
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    OpenTransaction(String topic) {
        this(topic, TIMEOUT);
    }

    /** @param timeout after which the broker aborts it, at most its {@code transaction.max.timeout.ms} */
    OpenTransaction(String topic, Duration timeout) {
        this.topic = topic;
        this.timeout = timeout;
    }

    String topic() {
        return topic;
    }

    /** Commits a transaction, begins the next one, and sends its first records. */
    void begin(String bootstrap) {
        KafkaProducer<byte[], byte[]> made = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                topic,
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                (int) timeout.toMillis(),
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) timeout.toMillis()));
        producer = made;
        made.initTransactions();
        made.beginTransaction();
        send(COMMITTED);
        made.commitTransaction();
        made.beginTransaction();
        sendMore();
    }

    /** Sends more records in the open transaction and returns when they are acknowledged. */
    void sendMore() {
        send(AT_ONCE);
    }

    private void send(int records) {
        KafkaProducer<byte[], byte[]> open = Objects.requireNonNull(producer);
        List<Exception> failures = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            Payload payload = new Payload(0, sent.size());
            sent.add(payload);
            var unused = open.send(
                    new ProducerRecord<>(topic, 0, null, payload.encode(VALUE_BYTES)), (metadata, failure) -> {
                        if (failure != null) {
                            failures.add(failure);
                        }
                    });
        }
        open.flush();
        assertThat(failures).isEmpty();
    }

    void commit() {
        Objects.requireNonNull(producer).commitTransaction();
    }

    /** All that was sent, in order. */
    List<Payload> sent() {
        return List.copyOf(sent);
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
