package io.aquifer.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Clients of the coordinators in the JVM of the {@link LoadGenerator}, each of which asks again as soon as it has its answer.
 *
 * @param bootstrap servers
 * @param topic whose offsets are committed, and which transactions write to
 * @param name of the transactional id; of the groups it is what their names begin with
 * @param leadIn how long the clients ask before it counts
 * @param measured how long it counts
 */
record CoordinatorLoad(String bootstrap, String topic, String name, Duration leadIn, Duration measured) {

    /** The task of committing offsets, with as many consumers as {@link #COMMITTERS}. */
    static final String COMMITS = "commits";

    /** The task of committing transactions, with one producer. */
    static final String TRANSACTIONS = "transactions";

    /** Each is in a group of its own. */
    static final int COMMITTERS = 8;

    private static final int DIGITS = 3;

    /** A client that returns from a call when it has been answered. */
    private interface Client extends AutoCloseable {
        void call();

        @Override
        void close();
    }

    /** Has it done by a {@link LoadGenerator}, one task or the other. */
    CallFigures by(Worker generator, String task) throws IOException {
        return CallFigures.fromAnswer(
                generator.ask(task, bootstrap, topic, name, leadIn.toMillis(), measured.toMillis()));
    }

    private static CoordinatorLoad of(List<String> words) {
        return new CoordinatorLoad(
                words.get(0),
                words.get(1),
                words.get(2),
                Duration.ofMillis(Long.parseLong(words.get(3))),
                Duration.ofMillis(Long.parseLong(words.get(4))));
    }

    /** Each commits an offset of one partition. */
    static List<Long> commits(List<String> words) throws Exception {
        CoordinatorLoad load = of(words);
        return load.run(COMMITTERS, load::committer).toAnswer();
    }

    /** A transaction is one record. */
    static List<Long> transactions(List<String> words) throws Exception {
        CoordinatorLoad load = of(words);
        return load.run(1, unused -> load.transactional()).toAnswer();
    }

    private CallFigures run(int clients, IntFunction<Client> open) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Callable<Histogram>> calling = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                calling.add(() -> {
                    try (Client client = open.apply(number)) {
                        return latencies(client);
                    }
                });
            }
            Histogram micros = new Histogram(DIGITS);
            for (Future<Histogram> each : threads.invokeAll(calling)) {
                micros.add(each.get());
            }
            return CallFigures.of(micros, measured);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Of the calls that begin while it counts, in microseconds. */
    private Histogram latencies(Client client) {
        Histogram micros = new Histogram(DIGITS);
        long begin = System.nanoTime() + leadIn.toNanos();
        long asked = System.nanoTime();
        while (asked - begin < measured.toNanos()) {
            client.call();
            long answered = System.nanoTime();
            if (asked - begin >= 0) {
                micros.recordValue(TimeUnit.NANOSECONDS.toMicros(answered - asked));
            }
            asked = answered;
        }
        return micros;
    }

    private Client committer(int number) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                name + "-" + number,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        return new Client() {
            private long offset;

            @Override
            public void call() {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(++offset)));
            }

            @Override
            public void close() {
                consumer.close();
            }
        };
    }

    private Client transactional() {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                name,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class));
        producer.initTransactions();
        byte[] value = new byte[LoadGenerator.VALUE_BYTES];
        return new Client() {
            @Override
            public void call() {
                producer.beginTransaction();
                var unused = producer.send(new ProducerRecord<>(topic, value));
                producer.commitTransaction();
            }

            @Override
            public void close() {
                producer.close();
            }
        };
    }
}
