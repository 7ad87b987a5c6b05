package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Await;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Payload;
import io.aquifer.harness.Readback;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sets and removes random keys of a compacted topic, and knows what is to be there. */
final class ChangingTable extends Worker {

    private static final int KEYS = 400;
    private static final int AT_ONCE = 20;
    private static final int REMOVED_OF_TEN = 2;
    private static final int VALUE_BYTES = 200;

    private final String bootstrap;
    private final String topic;
    private final Random random = new Random(5);
    private final Map<Place, Change> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Payload> table = new HashMap<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private long changes;

    private record Place(int partition, long offset) {}

    /** @param value null where the key is removed */
    private record Change(String key, @Nullable Payload value) {}

    ChangingTable(String bootstrap, String topic) {
        super(topic);
        this.bootstrap = bootstrap;
        this.topic = topic;
    }

    @Override
    void work() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config())) {
            while (!isStopping()) {
                for (int i = 0; i < AT_ONCE; i++) {
                    send(producer, next());
                }
                producer.flush();
                assertThat(failure.get()).isNull();
                oneMoreDone();
            }
        }
    }

    private Change next() {
        String key = "key-" + random.nextInt(KEYS);
        boolean removed = random.nextInt(10) < REMOVED_OF_TEN;
        return new Change(key, removed ? null : new Payload(0, changes++));
    }

    private void send(KafkaProducer<byte[], byte[]> producer, Change change) {
        Payload value = change.value();
        if (value == null) {
            table.remove(change.key());
        } else {
            table.put(change.key(), value);
        }
        byte[] key = change.key().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = value == null ? null : value.encode(VALUE_BYTES);
        var unused = producer.send(new ProducerRecord<>(topic, key, bytes), (metadata, failed) -> {
            if (failed == null) {
                acknowledged.put(new Place(metadata.partition(), metadata.offset()), change);
            } else {
                failure.compareAndSet(null, failed);
            }
        });
    }

    /**
     * Fails unless the topic says what it is to say, and has nothing that wasn't written so. After the end. A reader that
     * is overtaken by the cleaner may see a value and not its removal, and then has to read again.
     */
    void assertIntact(Duration limit) {
        Await.until("the table as it was written", limit, () -> {
            assertThat(read(limit)).isEqualTo(table).isNotEmpty();
            return true;
        });
    }

    private Map<String, Payload> read(Duration limit) {
        Map<String, Payload> found = new HashMap<>();
        Readback.readRecords(bootstrap, topic, Isolation.READ_UNCOMMITTED, limit, read -> {
            Change change = decode(read);
            assertThat(change).isEqualTo(acknowledged.get(new Place(read.partition(), read.offset())));
            if (change.value() == null) {
                found.remove(change.key());
            } else {
                found.put(change.key(), change.value());
            }
        });
        return found;
    }

    private static Change decode(ConsumerRecord<byte[], byte[]> read) {
        String key = new String(read.key(), StandardCharsets.UTF_8);
        return new Change(key, read.value() == null ? null : Objects.requireNonNull(Payload.decode(read.value())));
    }

    private Map<String, Object> config() {
        return client(
                bootstrap,
                Map.of(
                        "max.block.ms",
                        120_000L,
                        "key.serializer",
                        ByteArraySerializer.class,
                        "value.serializer",
                        ByteArraySerializer.class));
    }
}
