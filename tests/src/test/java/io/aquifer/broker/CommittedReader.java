package io.aquifer.broker;

import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Payload;
import io.aquifer.harness.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what is committed of a topic as soon as it may, and each offset once. */
final class CommittedReader extends Worker {

    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final String topic;
    private final AtomicLongArray next;
    private final List<Read> read = new ArrayList<>();

    private record Read(int partition, long offset, Payload payload) {}

    CommittedReader(String bootstrap, String topic, int partitions) {
        super("reader-of-" + topic);
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.next = new AtomicLongArray(partitions);
    }

    /** Where it goes on to read a partition. */
    long next(int partition) {
        return next.get(partition);
    }

    /** What is to be said of all that it has read. After the end. */
    Verdict verdict(History history) {
        HistoryChecker checker = new HistoryChecker(history, Isolation.READ_COMMITTED);
        read.forEach(each ->
                checker.read(each.partition(), each.offset(), each.payload().encode(Payload.MIN_BYTES)));
        return checker.verdict();
    }

    @Override
    void work() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < next.length(); partition++) {
                partitions.add(new TopicPartition(topic, partition));
            }
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, next.get(partition.partition())));
            while (!isStopping()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                records.forEach(this::note);
                records.nextOffsets().forEach((partition, end) -> next.set(partition.partition(), end.offset()));
                if (!records.isEmpty()) {
                    oneMoreDone();
                }
            }
        }
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        Payload payload = Objects.requireNonNull(Payload.decode(record.value()), "nobody's value");
        read.add(new Read(record.partition(), record.offset(), payload));
    }

    private Map<String, Object> config() {
        return client(
                bootstrap,
                Map.of(
                        "isolation.level",
                        "read_committed",
                        "key.deserializer",
                        ByteArrayDeserializer.class,
                        "value.deserializer",
                        ByteArrayDeserializer.class,
                        "auto.offset.reset",
                        "none",
                        "enable.auto.commit",
                        false));
    }
}
