package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.append.WalFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many lives of one broker, each ended by a loss of power, while its WAL is trimmed: nothing acknowledged is lost. */
class CrashRoundsTest {

    private static final int ROUNDS = 15;
    private static final int PARTITIONS = 3;

    @TempDir
    Path root;

    private Broker broker;
    private RandomGenerator random;
    private int nextValue;
    private FutureTask<Void> trimming = done();
    private FutureTask<Void> truncating = done();

    /** What a partition was given. */
    private static final class Model {
        final List<String> current = new ArrayList<>();
        final Map<Long, Set<String>> ever = new HashMap<>();
        long acknowledged;

        void append(String value) {
            ever.computeIfAbsent((long) current.size(), any -> new HashSet<>()).add(value);
            current.add(value);
        }

        void truncate(long end) {
            current.subList((int) end, current.size()).clear();
        }
    }

    private final Map<TopicPartition, Model> models = new HashMap<>();

    @Test
    void nothingAcknowledgedIsLostAndNothingIsInvented() throws Exception {
        long seed = Long.getLong("aquifer.seed", RandomGenerator.getDefault().nextInt(Integer.MAX_VALUE));
        System.out.println("CrashRoundsTest: seed " + seed);
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        try {
            runRounds();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + " fails: " + e.getMessage() + "\nTo reproduce: ./mvnw -pl kafka-distro -am test"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=CrashRoundsTest -Daquifer.seed=" + seed,
                    e);
        }
    }

    private void runRounds() throws Exception {
        broker = new Broker(root)
                .topic(
                        "t",
                        "remote.storage.enable",
                        "true",
                        "internal.segment.bytes",
                        "65536",
                        "index.interval.bytes",
                        "512");
        try (Broker open = broker) {
            open.start();
            for (int i = 0; i < PARTITIONS; i++) {
                TopicPartition partition = new TopicPartition("t", i);
                open.create(partition);
                models.put(partition, new Model());
            }
            for (int round = 0; round < ROUNDS; round++) {
                live();
                losePower();
                check(round);
            }
        }
    }

    private void live() throws Exception {
        LocalTrimmer trimmer =
                new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1));
        int actions = 20 + random.nextInt(60);
        int heldFrom = random.nextBoolean() ? actions : random.nextInt(actions);
        for (int i = 0; i < actions; i++) {
            if (i == heldFrom) {
                broker.device().hold();
            }
            TopicPartition partition = new TopicPartition("t", random.nextInt(PARTITIONS));
            if (!act(partition, broker.log(partition))) {
                return;
            }
            if (i < heldFrom && random.nextInt(15) == 0) {
                trimming.get();
                trimming = inBackground(() -> trimmer.trim(false));
            }
        }
        if (heldFrom == actions) {
            trimming.get();
            broker.awaitDurable();
        }
    }

    @FunctionalInterface
    private interface Task {
        void run() throws Exception;
    }

    private static FutureTask<Void> inBackground(Task task) {
        FutureTask<Void> future = new FutureTask<>(() -> {
            task.run();
            return null;
        });
        new Thread(future).start();
        return future;
    }

    private static FutureTask<Void> done() {
        FutureTask<Void> done = new FutureTask<>(() -> {}, null);
        done.run();
        return done;
    }

    /** Answers false if that waits for a device that is held. */
    private boolean act(TopicPartition partition, UnifiedLog log) throws Exception {
        Model model = models.get(partition);
        switch (random.nextInt(20)) {
            case 0 -> log.roll();
            case 1 -> log.flush(false);
            case 2 -> {
                return truncate(log, model);
            }
            default -> append(log, model);
        }
        return true;
    }

    /** Truncates, unless that waits for a device that is held: then the crash finds it waiting, and nothing is truncated. */
    private boolean truncate(UnifiedLog log, Model model) throws Exception {
        if (model.current.isEmpty()) {
            return true;
        }
        long end = Math.max(0, model.current.size() - 1 - random.nextInt(5));
        AtomicReference<Thread> follower = new AtomicReference<>();
        truncating = inBackground(() -> {
            follower.set(Thread.currentThread());
            truncateOrDie(log, end);
        });
        Eventually.holds(
                "the truncation is over or waits for the device",
                () -> truncating.isDone() || (!broker.device().held().isEmpty() && isParked(follower.get())));
        if (!truncating.isDone()) {
            return false;
        }
        truncating.get();
        model.truncate(end);
        return true;
    }

    private static void truncateOrDie(UnifiedLog log, long end) {
        try {
            log.truncateTo(end);
        } catch (KafkaStorageException e) {
            assertThat(log.logEndOffset()).isGreaterThan(end);
            throw e;
        }
    }

    private static boolean isParked(@Nullable Thread thread) {
        return thread != null && thread.getState() == Thread.State.WAITING;
    }

    private void append(UnifiedLog log, Model model) throws IOException {
        String value = nextValue++ + "-" + "x".repeat(random.nextInt(12_000));
        try {
            log.appendAsLeader(Batches.of(value), 0);
            model.append(value);
        } catch (NotEnoughReplicasException e) {
            assertThat(log.logEndOffset()).isEqualTo(model.current.size());
        }
    }

    private void losePower() throws Exception {
        broker.logManager().checkpointLogRecoveryOffsets();
        List<PowerLoss> losses = new ArrayList<>();
        for (TopicPartition partition : models.keySet()) {
            models.get(partition).acknowledged = broker.shared(partition).durableEnd().messageOffset;
        }
        broker.die();
        awaitDeath(trimming);
        awaitDeath(truncating);
        trimming = done();
        truncating = done();
        for (TopicPartition partition : models.keySet()) {
            losses.add(new PowerLoss(broker.log(partition)));
        }
        broker.leaveFiles();
        for (PowerLoss loss : losses) {
            loss.strike(random);
        }
        broker.start();
    }

    private static void awaitDeath(FutureTask<Void> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOfAny(KafkaStorageException.class, WalFailedException.class);
        }
    }

    private void check(int round) {
        models.forEach((partition, model) -> {
            assertThat(broker.has(partition))
                    .as("round %d: %s opens", round, partition)
                    .isTrue();
            UnifiedLog log = broker.log(partition);
            List<String> found = values(log);
            assertThat(found.size())
                    .as("round %d: records of %s", round, partition)
                    .isGreaterThanOrEqualTo((int) model.acknowledged)
                    .isEqualTo((int) log.logEndOffset());
            for (int offset = 0; offset < found.size(); offset++) {
                if (offset < model.acknowledged) {
                    assertThat(found.get(offset))
                            .as("round %d: offset %d of %s, acknowledged", round, offset, partition)
                            .isEqualTo(model.current.get(offset));
                } else {
                    assertThat(model.ever.get((long) offset))
                            .as("round %d: offset %d of %s, not acknowledged", round, offset, partition)
                            .contains(found.get(offset));
                }
            }
            assertThat(broker.shared(partition).durableEnd().messageOffset).isEqualTo(log.logEndOffset());
            model.current.clear();
            model.current.addAll(found);
        });
    }

    private static List<String> values(UnifiedLog log) {
        List<String> values = new ArrayList<>();
        for (LogSegment segment : log.logSegments()) {
            for (Record record : segment.log().records()) {
                assertThat(record.offset()).isEqualTo(values.size());
                values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
            }
        }
        return values;
    }
}
