package io.aquifer.broker;

import io.aquifer.harness.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Copies one topic to another, record by record to the same partition, exactly once: the offsets that were read are
 * committed in the transaction of the copies. Every third transaction is aborted, and its records are read again.
 */
final class TransactionalCopy extends Worker {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int ABORT_EVERY = 3;

    private final String bootstrap;
    private final String from;
    private final String to;

    TransactionalCopy(String bootstrap, String from, String to) {
        super("copy-of-" + from);
        this.bootstrap = bootstrap;
        this.from = from;
        this.to = to;
    }

    /** Both the consumer group and the transactional id. */
    String group() {
        return toString();
    }

    @Override
    void work() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerConfig());
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerConfig())) {
            Transactions.untilItAnswers(producer::initTransactions);
            consumer.subscribe(List.of(from));
            for (int i = 1; !isStopping(); ) {
                ConsumerRecords<byte[], byte[]> read = consumer.poll(POLL);
                if (!read.isEmpty()) {
                    copy(read, consumer, producer);
                    end(read, consumer, producer, i++ % ABORT_EVERY != 0);
                }
            }
        }
    }

    private void copy(
            ConsumerRecords<byte[], byte[]> read,
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer) {
        producer.beginTransaction();
        read.forEach(record -> {
            var unused = producer.send(new ProducerRecord<>(to, record.partition(), record.key(), record.value()));
        });
        producer.sendOffsetsToTransaction(read.nextOffsets(), consumer.groupMetadata());
    }

    private void end(
            ConsumerRecords<byte[], byte[]> read,
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer,
            boolean commit) {
        if (commit) {
            Transactions.untilItAnswers(producer::commitTransaction);
            oneMoreDone();
        } else {
            Transactions.untilItAnswers(producer::abortTransaction);
            read.partitions()
                    .forEach(partition -> consumer.seek(
                            partition, read.records(partition).get(0).offset()));
        }
    }

    private Map<String, Object> producerConfig() {
        return client(
                bootstrap,
                Map.of(
                        "transactional.id",
                        group(),
                        "key.serializer",
                        ByteArraySerializer.class,
                        "value.serializer",
                        ByteArraySerializer.class));
    }

    private Map<String, Object> consumerConfig() {
        return client(
                bootstrap,
                Map.of(
                        "group.id",
                        group(),
                        "group.protocol",
                        "consumer",
                        "isolation.level",
                        "read_committed",
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
