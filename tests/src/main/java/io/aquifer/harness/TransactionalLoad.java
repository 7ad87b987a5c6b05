package io.aquifer.harness;

import io.aquifer.harness.History.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One transactional producer that commits most transactions and aborts every fourth, and goes on under the same
 * transactional id with a new client when one has failed.
 */
public final class TransactionalLoad implements AutoCloseable {

    private static final int VALUE_BYTES = 512;
    private static final int RECORDS_PER_TRANSACTION = 50;
    private static final int ABORT_EVERY = 4;

    private final String bootstrap;
    private final String topic;
    private final String transactionalId;
    private final History history;
    private final int number;
    private final Thread thread;
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong clientsFailed = new AtomicLong();
    private volatile boolean stopping;

    public TransactionalLoad(String bootstrap, String topic, String transactionalId, History history) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.transactionalId = transactionalId;
        this.history = history;
        number = history.newProducer();
        thread = new Thread(this::produce, "transactional-producer-" + number);
        thread.setDaemon(true);
    }

    public TransactionalLoad start() {
        thread.start();
        return this;
    }

    /** Number of transactions that were committed until now, for certain. */
    public long committed() {
        return committed.get();
    }

    /** Number of clients that had to be replaced. */
    public long clientsFailed() {
        return clientsFailed.get();
    }

    /** Begins no further transaction and returns when the last one has ended. */
    public void stop(Duration limit) {
        stopping = true;
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a transaction was ending", e);
        }
        if (thread.isAlive()) {
            throw new AssertionError(
                    "The last transaction of " + transactionalId + " did not end within " + limit.toSeconds() + " s");
        }
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }

    private void produce() {
        boolean interrupted = false;
        while (!stopping && !interrupted) {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config())) {
                Transactions.untilItAnswers(producer::initTransactions);
                for (int i = 1; !stopping; i++) {
                    transaction(producer, i % ABORT_EVERY == 0 ? Outcome.ABORTED : Outcome.COMMITTED);
                }
            } catch (InterruptException e) {
                interrupted = true;
            } catch (KafkaException e) {
                // Fenced, or failed for good: the next client under this id finishes what is open.
                clientsFailed.incrementAndGet();
            }
        }
    }

    private void transaction(KafkaProducer<byte[], byte[]> producer, Outcome wanted) {
        producer.beginTransaction();
        long first = history.sending(number);
        Outcome outcome = Outcome.UNKNOWN;
        try {
            send(producer, first);
            for (int i = 1; i < RECORDS_PER_TRANSACTION; i++) {
                send(producer, history.sending(number));
            }
            Transactions.untilItAnswers(
                    wanted == Outcome.COMMITTED ? producer::commitTransaction : producer::abortTransaction);
            outcome = wanted;
        } finally {
            history.ended(number, first, outcome);
        }
        if (outcome == Outcome.COMMITTED) {
            committed.incrementAndGet();
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, long sequence) {
        byte[] value = new Payload(number, sequence).encode(VALUE_BYTES);
        var unused = producer.send(new ProducerRecord<>(topic, value), (metadata, failure) -> {
            if (failure == null) {
                history.acknowledged(number, sequence, metadata.partition(), metadata.offset());
            }
        });
    }

    private Map<String, Object> config() {
        return new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                transactionalId,
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                60_000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                20_000L,
                ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG,
                20L,
                ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                100L));
    }
}
