package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.coverage.BucketCheck;
import io.aquifer.coverage.BucketReport;
import io.aquifer.coverage.Collector;
import io.aquifer.coverage.CollectorSettings;
import io.aquifer.format.PartitionSnapshot;
import io.aquifer.format.PartitionSnapshots;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.rebuild.KafkaIds;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table that is written, cleaned, mirrored, uploaded, trimmed, collected, lost and restored in any order is what a reference says
 * that it is, key by key.
 */
class MirrorSimulationTest {

    private static final TopicPartition PARTITION = new TopicPartition("table", 0);
    private static final int SEEDS = Integer.getInteger("aquifer.seeds", 20);
    private static final int STEPS = 60;
    private static final int KEYS = 6;
    private static final CollectorSettings SETTINGS =
            new CollectorSettings(Duration.ofSeconds(10), Duration.ofSeconds(50), 64 << 20);

    @TempDir
    Path root;

    @Test
    void nothingIsLostAndNothingThatWasCleanedAwayComesBack() throws Exception {
        OptionalLong only = Optional.ofNullable(Long.getLong("aquifer.seed")).stream()
                .mapToLong(Long::longValue)
                .findFirst();
        for (long seed = only.orElse(0); seed < (only.isPresent() ? only.getAsLong() + 1 : SEEDS); seed++) {
            try (Run run = new Run(seed)) {
                run.all();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " fails: " + e.getMessage()
                                + "\nTo reproduce: ./mvnw -pl kafka-distro -am test"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=MirrorSimulationTest -Daquifer.seed="
                                + seed,
                        e);
            }
        }
    }

    /** What was appended at an offset. */
    private record Appended(String key, String value) {}

    private final class Run implements AutoCloseable {

        private final RandomGenerator random;
        private final SimulatedObjectStore store = SimulatedObjectStore.eager();
        private final Uploads uploads = new Uploads(store, 3);
        private final PartitionSnapshots snapshots = new PartitionSnapshots(store, Broker.KEYS);
        private final Broker broker;
        private final List<Appended> appended = new ArrayList<>();
        /** What lay below a snapshot's end when it was made, by its number. */
        private final Map<Long, List<Compaction.Entry>> mirrored = new HashMap<>();

        private Mirrors mirrors = new Mirrors(store);
        private Collector collector;
        private UnifiedLog log;
        private int acknowledged;
        private long now;

        private Run(long seed) throws IOException {
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            Path dir = Files.createDirectories(root.resolve("seed-" + seed));
            broker = new Broker(dir)
                    .with("aquifer.compacted.topics", "table")
                    .topic(
                            "table",
                            "cleanup.policy",
                            "compact",
                            "delete.retention.ms",
                            "0",
                            "internal.segment.bytes",
                            "2048")
                    .rebuildingFrom(store)
                    .start();
            log = broker.create(PARTITION);
            collector = newCollector();
        }

        private Collector newCollector() {
            return new Collector(store, Broker.KEYS, 1, SETTINGS, () -> Set.of(topicId()), () -> now);
        }

        private UUID topicId() {
            return KafkaIds.toJava(broker.topicId("table"));
        }

        private void all() throws Exception {
            append("key 0", "value 0"); // Kafka writes down the topic's id only now
            settle();
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            settle();
            restart(this::loseDirectory);
        }

        private void step() throws Exception {
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> append();
                case 4 -> roll();
                case 5, 6 -> clean();
                case 7, 8 -> mirror();
                case 9 -> upload();
                case 10 -> trim();
                case 11 -> collect();
                case 12 -> restart(() -> {});
                default -> restart(this::loseDirectory);
            }
        }

        private void append() throws Exception {
            boolean last = random.nextInt(4) == 0;
            if (last) {
                broker.device().hold();
            }
            int batches = 1 + random.nextInt(6);
            for (int i = 0; i < batches; i++) {
                String key = "key " + random.nextInt(KEYS);
                append(key, random.nextInt(4) == 0 ? null : "value " + appended.size());
            }
            if (!last) {
                settle();
                return;
            }
            // Nobody is told, since the process dies with the device busy.
            restart(random.nextBoolean() ? () -> {} : this::loseDirectory);
        }

        private void append(String key, @Nullable String value) throws IOException {
            log.appendAsLeader(Batches.keyed(key, value), 1);
            appended.add(new Appended(key, String.valueOf(value)));
        }

        /** All that was appended is acknowledged. */
        private void settle() throws IOException {
            broker.awaitDurable();
            acknowledged = appended.size();
            log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
        }

        private void roll() throws IOException {
            if (log.activeSegment().size() > 0) {
                log.roll();
            }
        }

        private void clean() throws Exception {
            long end = Math.min(log.activeSegment().baseOffset(), log.highWatermark());
            long from = cleaned().getOrDefault(PARTITION, 0L);
            if (end > from) {
                long clean = Compaction.clean(log, from, end);
                Map<TopicPartition, Long> offsets = new HashMap<>(cleaned());
                offsets.put(PARTITION, clean);
                cleanerFile().write(offsets);
            }
        }

        private Map<TopicPartition, Long> cleaned() throws IOException {
            return cleanerFile().file().exists() ? cleanerFile().read() : Map.of();
        }

        private OffsetCheckpointFile cleanerFile() throws IOException {
            File file = new File(broker.dir(0), LogCleanerManager.OFFSET_CHECKPOINT_FILE);
            return new OffsetCheckpointFile(file, new LogDirFailureChannel(1));
        }

        private void mirror() {
            if (random.nextInt(3) == 0) {
                SimulatedCall.Kind[] kinds = SimulatedCall.Kind.values();
                store.faults()
                        .next(
                                kinds[random.nextInt(kinds.length)],
                                random.nextBoolean() ? SimulatedFault.LOST_REQUEST : SimulatedFault.LOST_ANSWER);
            }
            mirrors.pass(broker);
            store.faults().none();
            newest().ifPresent(snapshot -> mirrored.computeIfAbsent(snapshot.number(), number -> below(end(snapshot))));
        }

        private Optional<PartitionSnapshot> newest() {
            return snapshots.newest(topicId(), 0).join();
        }

        private long end(PartitionSnapshot snapshot) {
            return snapshot.segments().stream()
                    .filter(segment -> !segment.deleting())
                    .mapToLong(segment -> segment.info().name().endOffset() + 1)
                    .max()
                    .orElse(0);
        }

        private List<Compaction.Entry> below(long end) {
            return Compaction.entries(log).stream()
                    .filter(entry -> entry.offset() < end)
                    .toList();
        }

        private void upload() throws IOException {
            uploads.upload(broker);
        }

        private void trim() throws Exception {
            new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), uploads::end, Duration.ofHours(1))
                    .trim(false);
        }

        private void collect() throws IOException {
            for (int round = 0; round < 4; round++) {
                now += Duration.ofSeconds(20).toNanos();
                collector.round();
            }
            BucketReport report = new BucketCheck(store, Broker.KEYS).run();
            assertThat(report.isWhole()).as("%s", report).isTrue();
        }

        /** Only what is of the log: what Kafka noted of its cleaning stays behind. */
        private void loseDirectory() throws IOException {
            Utils.delete(broker.dirOf(PARTITION));
        }

        private interface Loss {
            void strike() throws Exception;
        }

        private void restart(Loss loss) throws Exception {
            broker.die();
            broker.leaveFiles();
            loss.strike();
            boolean lost = !broker.dirOf(PARTITION).exists();
            broker.start();
            log = broker.log(PARTITION);
            mirrors = new Mirrors(store);
            collector = newCollector();
            now += Duration.ofSeconds(100).toNanos();
            assertThat(log.logEndOffset()).isBetween((long) acknowledged, (long) appended.size());
            appended.subList((int) log.logEndOffset(), appended.size()).clear();
            settle();
            check();
            if (lost) {
                assertThat(broker.rebuilt()).isEqualTo(1);
                newest().ifPresent(snapshot -> {
                    List<Compaction.Entry> then = mirrored.get(snapshot.number());
                    if (then != null) {
                        assertThat(below(end(snapshot))).isEqualTo(then);
                    }
                });
            }
        }

        private void check() {
            for (Compaction.Entry entry : Compaction.entries(log)) {
                assertThat(new Appended(entry.key(), entry.value())).isEqualTo(appended.get((int) entry.offset()));
            }
            Map<String, String> reference = new TreeMap<>();
            appended.forEach(each -> reference.put(each.key(), each.value()));
            reference.values().removeIf("null"::equals);
            assertThat(Compaction.table(log)).isEqualTo(reference);
        }

        @Override
        public void close() {
            broker.close();
        }
    }
}
