package io.aquifer.harness;

import io.aquifer.harness.HistoryChecker.Isolation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Consumes all that a topic holds now. */
public final class Readback {

    /** Takes what was read, partition by partition in order. */
    @FunctionalInterface
    public interface Sink {
        void read(int partition, long offset, byte[] value);
    }

    private Readback() {}

    /**
     * Reads from the beginning of every partition up to the end it has when this is called, as {@code isolation} sees
     * it.
     *
     * @throws AssertionError if that takes longer than {@code limit}
     */
    public static void readAll(String bootstrap, String topic, Isolation isolation, Duration limit, Sink sink) {
        readRecords(
                bootstrap, topic, isolation, limit, read -> sink.read(read.partition(), read.offset(), read.value()));
    }

    /** As {@link #readAll}, with the keys. */
    public static void readRecords(
            String bootstrap,
            String topic,
            Isolation isolation,
            Duration limit,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config(bootstrap, isolation))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, limit);
            long deadline = System.nanoTime() + limit.toNanos();
            while (!isAt(consumer, ends)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("Not read to its end within " + limit.toSeconds() + " s: " + topic
                            + ", wanted " + ends + ", at " + positions(consumer, ends));
                }
                for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(Duration.ofMillis(200))) {
                    if (consumed.offset() < ends.getOrDefault(partition(consumed), 0L)) {
                        sink.accept(consumed);
                    }
                }
            }
        }
    }

    /** Reads all of {@code topic} and holds it against {@code history}. */
    public static Verdict check(String bootstrap, String topic, History history, Isolation isolation, Duration limit) {
        HistoryChecker checker = new HistoryChecker(history, isolation);
        readAll(bootstrap, topic, isolation, limit, checker::read);
        return checker.verdict();
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> consumed) {
        return new TopicPartition(consumed.topic(), consumed.partition());
    }

    private static boolean isAt(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private static Map<TopicPartition, Long> positions(
            KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> partitions) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        partitions.keySet().forEach(partition -> positions.put(partition, consumer.position(partition)));
        return positions;
    }

    private static Map<String, Object> config(String bootstrap, Isolation isolation) {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation == Isolation.READ_COMMITTED ? "read_committed" : "read_uncommitted",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                10_000,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                4 << 20);
    }
}
