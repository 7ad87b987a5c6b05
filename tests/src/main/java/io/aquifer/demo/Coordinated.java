package io.aquifer.demo;

import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka's coordinators remember: how far a consumer group has read, and a transaction that is open when the broker dies. Both
 * are in internal topics, of which there is one replica.
 */
final class Coordinated implements AutoCloseable {

    private static final String TOPIC = "ledger";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final String GROUP = "readers";
    private static final String TRANSACTIONAL_ID = "bookkeeper";
    private static final int RECORDS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final BrokerProcess broker;
    private final KafkaProducer<byte[], byte[]> producer;
    private @Nullable Producer before;
    private long committed;

    /** A transactional producer as its coordinator knows it. */
    private record Producer(long id, int epoch, TransactionState state) {}

    /**
     * What came of it.
     *
     * @param intact whether all was as before
     */
    record Outcome(boolean intact, String group, String transaction) {}

    Coordinated(BrokerProcess broker) {
        this.broker = broker;
        this.producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                TRANSACTIONAL_ID,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                LIMIT.toMillis()));
    }

    /** Commits a transaction, has a group read it, and leaves the next one open. */
    void begin() throws IOException {
        try (Admin admin = broker.admin()) {
            new Topics(admin).create(TOPIC, 1, 1, new HashMap<>(Topics.TIERED));
            producer.initTransactions();
            send();
            producer.commitTransaction();
            committed = read();
            send();
            before = describe(admin);
        }
    }

    private void send() {
        producer.beginTransaction();
        for (int i = 0; i < RECORDS; i++) {
            var unused = producer.send(new ProducerRecord<>(TOPIC, new byte[] {(byte) i}));
        }
        producer.flush();
    }

    /** The group reads one transaction, and commits how far it has come. */
    private long read() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ConsumerConfig.GROUP_ID_CONFIG,
                GROUP,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                "false",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class))) {
            consumer.subscribe(List.of(TOPIC));
            int[] found = {0};
            Await.until(() -> "a committed transaction for the group " + GROUP, LIMIT, () -> {
                found[0] += consumer.poll(Duration.ofMillis(100)).count();
                return found[0] >= RECORDS;
            });
            consumer.commitSync();
            return consumer.position(PARTITION);
        }
    }

    /** Afterwards: ends the open transaction with the client that began it, and has the group read on. */
    Outcome goOn() throws IOException {
        try (Admin admin = broker.admin()) {
            AtomicReference<@Nullable Producer> found = new AtomicReference<>();
            AtomicReference<@Nullable Long> offset = new AtomicReference<>();
            Await.until(() -> "the coordinators", LIMIT, () -> {
                try {
                    found.set(describe(admin));
                    offset.set(groupOffset(admin));
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
            Producer after = found.get();
            boolean sameTransaction = after != null && after.equals(before);
            boolean sameOffset = Long.valueOf(committed).equals(offset.get());
            producer.commitTransaction();
            long end = read();
            return new Outcome(
                    sameTransaction && sameOffset,
                    String.format(
                            Locale.ROOT,
                            "went on at offset %s, committed was %d; now %d",
                            offset.get(),
                            committed,
                            end),
                    String.format(
                            Locale.ROOT,
                            "open before: %s; after: %s; then committed",
                            inWords(before),
                            inWords(after)));
        }
    }

    private static String inWords(@Nullable Producer producer) {
        return producer == null ? "none" : "producer " + producer.id() + " epoch " + producer.epoch();
    }

    private static Producer describe(Admin admin) throws IOException {
        try {
            TransactionDescription description = admin.describeTransactions(List.of(TRANSACTIONAL_ID))
                    .description(TRANSACTIONAL_ID)
                    .get();
            return new Producer(description.producerId(), description.producerEpoch(), description.state());
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Long groupOffset(Admin admin) throws IOException {
        try {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(PARTITION);
            return offset == null ? null : offset.offset();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
