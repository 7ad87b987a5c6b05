package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer group of one that commits what it has read, each time, and is never to read below that again. */
final class CommittingGroup extends Worker {

    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final String topic;
    private final String group;
    private final String protocol;
    private final Map<TopicPartition, Long> committed = new ConcurrentHashMap<>();

    /** @param protocol {@code classic} or {@code consumer} */
    CommittingGroup(String bootstrap, String topic, String group, String protocol) {
        super(group);
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.group = group;
        this.protocol = protocol;
    }

    String group() {
        return group;
    }

    /** What was committed for certain until now. */
    Map<TopicPartition, Long> committed() {
        return Map.copyOf(committed);
    }

    @Override
    void work() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config())) {
            consumer.subscribe(List.of(topic));
            while (!isStopping()) {
                ConsumerRecords<byte[], byte[]> read = consumer.poll(POLL);
                if (!read.isEmpty()) {
                    read.forEach(this::checkNew);
                    Map<TopicPartition, OffsetAndMetadata> next = read.nextOffsets();
                    consumer.commitSync(next);
                    next.forEach((partition, end) -> committed.put(partition, end.offset()));
                    oneMoreDone();
                }
            }
        }
    }

    private void checkNew(ConsumerRecord<byte[], byte[]> read) {
        TopicPartition partition = new TopicPartition(read.topic(), read.partition());
        assertThat(read.offset())
                .as("what %s reads of %s", group, partition)
                .isGreaterThanOrEqualTo(committed.getOrDefault(partition, 0L));
    }

    private Map<String, Object> config() {
        return client(
                bootstrap,
                Map.of(
                        "group.id",
                        group,
                        "group.protocol",
                        protocol,
                        "key.deserializer",
                        ByteArrayDeserializer.class,
                        "value.deserializer",
                        ByteArrayDeserializer.class,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false));
    }
}
