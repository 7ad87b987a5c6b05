package io.aquifer.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Producers that write one topic until they are told to stop, each in a thread of its own. */
public final class Load implements AutoCloseable {

    /**
     * What to send and how.
     *
     * @param producers number of producers
     * @param valueBytes size of a record's value in bytes
     * @param recordsPerSecond of all producers together, sent on a schedule that doesn't wait for answers; 0 for as
     *     many as they can
     * @param records how many each producer sends before it ends by itself
     * @param config settings of the producers beyond the defaults here
     */
    public record Options(
            int producers, int valueBytes, int recordsPerSecond, long records, Map<String, Object> config) {

        public static final Options DEFAULT = new Options(1, 1024, 0, Long.MAX_VALUE, Map.of());

        public Options withProducers(int number) {
            return new Options(number, valueBytes, recordsPerSecond, records, config);
        }

        public Options withValueBytes(int bytes) {
            return new Options(producers, bytes, recordsPerSecond, records, config);
        }

        public Options withRecordsPerSecond(int rate) {
            return new Options(producers, valueBytes, rate, records, config);
        }

        public Options withRecords(long number) {
            return new Options(producers, valueBytes, recordsPerSecond, number, config);
        }

        public Options with(String setting, Object value) {
            Map<String, Object> more = new HashMap<>(config);
            more.put(setting, value);
            return new Options(producers, valueBytes, recordsPerSecond, records, more);
        }
    }

    private static final long LOOK_MILLIS = 50;
    private static final long LONGEST_LATENCY_MICROS = Duration.ofMinutes(10).toNanos() / 1_000;

    private final String bootstrap;
    private final String topic;
    private final History history;
    private final Options options;
    private final Recorder latencies = new Recorder(LONGEST_LATENCY_MICROS, 3);
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<@Nullable Exception> firstFailure = new AtomicReference<>();
    private final List<KafkaProducer<?, ?>> producers = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    public Load(String bootstrap, String topic, History history, Options options) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.history = history;
        this.options = options;
    }

    /** Starts the producers. */
    public Load start() {
        long begin = System.nanoTime();
        for (int i = 0; i < options.producers(); i++) {
            int number = history.newProducer();
            Schedule schedule = new Schedule(begin, i, options.producers(), options.recordsPerSecond());
            Thread thread = new Thread(() -> produce(number, schedule), "producer-" + number);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return this;
    }

    /** Microseconds from the moment a record was due until its acknowledgement, for those since the last call. */
    public Histogram latenciesSinceLastCall() {
        return latencies.getIntervalHistogram();
    }

    /** How many requests of every producer, at least, are unanswered now. */
    public int requestsInFlight() {
        if (producers.size() < options.producers()) {
            return 0;
        }
        return producers.stream().mapToInt(Load::requestsInFlight).min().orElse(0);
    }

    private static int requestsInFlight(KafkaProducer<?, ?> producer) {
        return producer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("requests-in-flight"))
                .mapToInt(metric -> ((Number) metric.metricValue()).intValue())
                .sum();
    }

    /** Number of records whose producer gave up on them. */
    public long failed() {
        return failed.get();
    }

    /** Why a producer first gave up on a record, or null. */
    public @Nullable Exception firstFailure() {
        return firstFailure.get();
    }

    /**
     * Returns when every producer has sent its number of records and has every answer.
     *
     * @param silence how long there may be no answer at all; a slow machine may take its time
     */
    public void finish(Duration silence) {
        awaitEnd(silence);
    }

    /** Sends nothing more, and returns when every record sent was answered or given up; {@code silence} as above. */
    public void stop(Duration silence) {
        stopping = true;
        awaitEnd(silence);
    }

    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
    }

    private void awaitEnd(Duration silence) {
        long answered = answered();
        long lastAnswer = System.nanoTime();
        while (threads.stream().anyMatch(Thread::isAlive)) {
            if (answered() != answered) {
                answered = answered();
                lastAnswer = System.nanoTime();
            } else if (System.nanoTime() - lastAnswer > silence.toNanos()) {
                throw new AssertionError(String.format(
                        "No record was answered for %d s: %d sent, %d acknowledged, %d given up, the first for %s",
                        silence.toSeconds(), history.sent(), history.acknowledged(), failed(), firstFailure()));
            }
            awaitSome();
        }
    }

    private long answered() {
        return history.acknowledged() + failed();
    }

    private void awaitSome() {
        try {
            for (Thread thread : threads) {
                thread.join(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while producers were ending", e);
        }
    }

    private void produce(int number, Schedule schedule) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config())) {
            producers.add(producer);
            for (long left = options.records(); left > 0 && !stopping; left--) {
                long due = schedule.awaitNext();
                long sequence = history.sending(number);
                byte[] value = new Payload(number, sequence).encode(options.valueBytes());
                var unused = producer.send(new ProducerRecord<>(topic, value), (metadata, failure) -> {
                    if (failure != null) {
                        note(failure);
                        return;
                    }
                    long micros = (System.nanoTime() - due) / 1_000;
                    latencies.recordValue(Math.min(Math.max(0, micros), LONGEST_LATENCY_MICROS));
                    if (metadata.hasOffset()) {
                        history.acknowledged(number, sequence, metadata.partition(), metadata.offset());
                    }
                });
            }
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                note(e);
            }
        }
    }

    private void note(Exception failure) {
        failed.incrementAndGet();
        firstFailure.compareAndSet(null, failure);
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                120_000L,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                120_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                30_000,
                ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG,
                20L,
                ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                100L));
        config.putAll(options.config());
        return config;
    }
}
