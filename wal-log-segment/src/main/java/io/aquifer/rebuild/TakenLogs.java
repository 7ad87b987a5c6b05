package io.aquifer.rebuild;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs that this broker is to get from other brokers' WALs, until Kafka has made each. One that is expected and not ready
 * mustn't be made: it would begin empty, at offset 0.
 *
 * <p>Safe for use by several threads.
 */
public final class TakenLogs {

    private static final Logger LOG = LoggerFactory.getLogger(TakenLogs.class);

    private final Map<Partition, Expected> logs = new ConcurrentHashMap<>();

    private record Partition(UUID topicId, int partition) {}

    /** What there is of one: the log, or why there is none. */
    private record Expected(Optional<TakenLog> log, String missing) {}

    /** A log is expected that isn't ready. */
    public static final class NotReadyException extends IOException {
        private static final long serialVersionUID = 1L;

        private NotReadyException(String message) {
            super(message);
        }
    }

    /**
     * A log is to come, unless it is there already.
     *
     * @param missing why it isn't ready
     */
    public void expect(UUID topicId, int partition, String missing) {
        logs.putIfAbsent(new Partition(topicId, partition), new Expected(Optional.empty(), missing));
    }

    /** A log is ready. One that was before isn't needed any more. */
    public void ready(TakenLog log) {
        discard(logs.put(new Partition(log.id().topicId(), log.id().partition()), new Expected(Optional.of(log), "")));
    }

    /** A log that was expected can't be made. */
    public void refused(UUID topicId, int partition, String reason) {
        discard(logs.put(new Partition(topicId, partition), new Expected(Optional.empty(), reason)));
    }

    /** A log isn't to come any more: it is with its owner, whoever that is. */
    public void forget(UUID topicId, int partition) {
        discard(logs.remove(new Partition(topicId, partition)));
    }

    /** How many are still to come. */
    public int toCome() {
        return logs.size();
    }

    /** Whether a log is still to come. */
    public boolean isExpected(UUID topicId, int partition) {
        return logs.containsKey(new Partition(topicId, partition));
    }

    /** The log of a partition, if one is expected. It is its caller's from now on, and still to come until {@link #forget}. */
    public Optional<TakenLog> take(UUID topicId, int partition) throws NotReadyException {
        Partition key = new Partition(topicId, partition);
        Expected expected = logs.get(key);
        if (expected == null) {
            return Optional.empty();
        }
        if (expected.log().isEmpty()) {
            throw new NotReadyException(expected.missing());
        }
        logs.put(key, new Expected(Optional.empty(), "it is being made already"));
        return expected.log();
    }

    private static void discard(@Nullable Expected expected) {
        if (expected != null && expected.log().isPresent()) {
            TakenLog log = expected.log().get();
            try {
                log.discard();
            } catch (IOException e) {
                LOG.warn("What was made ready of {} couldn't be deleted; the next start does it", log.partition(), e);
            }
        }
    }
}
