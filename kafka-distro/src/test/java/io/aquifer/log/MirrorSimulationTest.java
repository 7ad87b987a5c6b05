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
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table that is written, in transactions or not, cleaned, cut at either end, mirrored, uploaded, trimmed, collected, lost and
 * restored in any order is what a reference says that it is, key by key.
 */
class MirrorSimulationTest {

    private static final TopicPartition PARTITION = new TopicPartition("table", 0);
    private static final int SEEDS = Integer.getInteger("aquifer.seeds", 20);
    private static final int STEPS = 60;
    private static final int KEYS = 6;
    private static final int PRODUCERS = 2;
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
            List<String> steps = new ArrayList<>();
            try (Run run = new Run(seed, steps)) {
                run.all();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " fails: " + e.getMessage() + "\nafter " + String.join(", ", steps)
                                + "\nTo reproduce: ./mvnw -pl kafka-distro -am test"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=MirrorSimulationTest -Daquifer.seed="
                                + seed,
                        e);
            }
        }
    }

    /** What lay below a snapshot's end when it was made, and is still there. */
    private record Mirrored(long end, List<Compaction.Entry> entries) {

        private Mirrored below(long offset) {
            return new Mirrored(
                    Math.min(end, offset),
                    entries.stream().filter(entry -> entry.offset() < offset).toList());
        }

        private List<Compaction.Entry> from(long offset) {
            return entries.stream().filter(entry -> entry.offset() >= offset).toList();
        }
    }

    private final class Run implements AutoCloseable {

        private final List<String> steps;
        private final RandomGenerator random;
        private final SimulatedObjectStore store = SimulatedObjectStore.eager();
        private final Uploads uploads = new Uploads(store, 3);
        private final PartitionSnapshots snapshots = new PartitionSnapshots(store, Broker.KEYS);
        private final Broker broker;
        private final boolean deletes;
        private final ReferenceTable reference = new ReferenceTable();
        /** By the snapshot's number. */
        private final Map<Long, Mirrored> mirrored = new HashMap<>();

        private final long[] producers = LongStream.range(0, PRODUCERS).toArray();

        private Mirrors mirrors = new Mirrors(store, uploads::end);
        private Collector collector;
        private UnifiedLog log;
        private int epoch = 1;
        private int acknowledged;
        private long durableStart;
        /** No truncation reaches below it: what was cleaned or deleted rests on what is there. */
        private long reliedOn;

        private long now;

        private Run(long seed, List<String> steps) throws IOException {
            this.steps = steps;
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            deletes = random.nextBoolean();
            Path dir = Files.createDirectories(root.resolve("seed-" + seed));
            broker = new Broker(dir)
                    .with("aquifer.compacted.topics", "table")
                    .topic(
                            "table",
                            "cleanup.policy",
                            deletes ? "compact,delete" : "compact",
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
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> appendSome();
                case 4 -> roll();
                case 5, 6 -> clean();
                case 7, 8 -> mirror();
                case 9 -> upload();
                case 10 -> trim();
                case 11 -> collect();
                case 12 -> truncate();
                case 13 -> delete();
                case 14 -> restart(() -> {});
                default -> restart(this::loseDirectory);
            }
        }

        private void appendSome() throws Exception {
            boolean last = random.nextInt(4) == 0;
            if (last) {
                broker.device().hold();
            }
            int batches = 1 + random.nextInt(6);
            for (int i = 0; i < batches; i++) {
                appendOne();
            }
            if (!last) {
                settle();
                return;
            }
            // Nobody is told, since the process dies with the device busy.
            restart(random.nextBoolean() ? () -> {} : this::loseDirectory);
        }

        private void appendOne() throws IOException {
            String key = "key " + random.nextInt(KEYS);
            String value = random.nextInt(4) == 0 ? null : "value " + reference.end();
            int writer = random.nextInt(2 * PRODUCERS);
            if (writer >= PRODUCERS) {
                append(key, value);
                return;
            }
            long producer = producer(writer);
            if (reference.isOpen(producer) && random.nextInt(3) == 0) {
                boolean commits = random.nextBoolean();
                ControlRecordType how = commits ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
                Batches.endTransaction(log, epoch, producer, how);
                reference.ended(producer, commits);
            } else {
                int sequence = reference.nextSequence(producer);
                log.appendAsLeader(Batches.transactionalKeyed(producer, sequence, key, value), epoch);
                reference.transactional(producer, key, value);
            }
        }

        /** The id of a writer, which takes another once the log has none of its records: it may be forgotten then. */
        private long producer(int writer) {
            OptionalInt last = reference.last(producers[writer]);
            if (last.isPresent() && last.getAsInt() < log.logStartOffset()) {
                producers[writer] += PRODUCERS;
            }
            return producers[writer];
        }

        private void append(String key, @Nullable String value) throws IOException {
            log.appendAsLeader(Batches.keyed(key, value), epoch);
            reference.record(key, value);
        }

        /** All that was appended is acknowledged. */
        private void settle() throws IOException {
            broker.awaitDurable();
            acknowledged = reference.end();
            durableStart = log.logStartOffset();
            log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
            assertThat(log.lastStableOffset()).isEqualTo(reference.lastStableOffset());
        }

        private void roll() throws IOException {
            steps.add("roll at " + reference.end());
            if (log.activeSegment().size() > 0) {
                log.roll();
            }
        }

        private void clean() throws Exception {
            long end = Math.min(log.activeSegment().baseOffset(), log.lastStableOffset());
            long from = Math.max(cleaned().getOrDefault(PARTITION, 0L), log.logStartOffset());
            if (end > from) {
                steps.add("cleaning up to " + end);
                reliedOn = log.highWatermark();
                note(Compaction.clean(log, from, end));
            }
        }

        private void note(long clean) throws IOException {
            Map<TopicPartition, Long> offsets = new HashMap<>(cleaned());
            offsets.put(PARTITION, clean);
            cleanerFile().write(offsets);
        }

        private Map<TopicPartition, Long> cleaned() throws IOException {
            return cleanerFile().file().exists() ? cleanerFile().read() : Map.of();
        }

        private OffsetCheckpointFile cleanerFile() throws IOException {
            File file = new File(broker.dir(0), LogCleanerManager.OFFSET_CHECKPOINT_FILE);
            return new OffsetCheckpointFile(file, new LogDirFailureChannel(1));
        }

        /** Another leader has less, and goes on. */
        private void truncate() throws IOException {
            long from = Math.max(reliedOn, log.logStartOffset());
            if (from >= reference.end()) {
                return;
            }
            long offset = from + random.nextInt((int) (reference.end() - from));
            steps.add("truncation to " + offset);
            log.truncateTo(offset);
            reference.truncate(offset);
            mirrored.replaceAll((number, then) -> then.below(offset));
            acknowledged = Math.min(acknowledged, (int) offset);
            if (cleaned().getOrDefault(PARTITION, 0L) > log.activeSegment().baseOffset()) {
                note(log.activeSegment().baseOffset());
            }
            mirrors.under(++epoch);
            append("key 0", "value " + offset + " of epoch " + epoch);
            settle();
        }

        private void delete() throws IOException {
            long start = log.logStartOffset();
            if (deletes && log.lastStableOffset() > start) {
                long offset = start + 1 + random.nextInt((int) (log.lastStableOffset() - start));
                steps.add("deletion below " + offset);
                reliedOn = log.highWatermark();
                log.maybeIncrementLogStartOffset(offset, LogStartOffsetIncrementReason.ClientRecordDeletion);
                log.deleteOldSegments();
            }
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
            steps.add("mirroring up to " + newest().map(this::end).orElse(0L));
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

        private Mirrored below(long end) {
            return new Mirrored(end, Compaction.entries(log)).below(end);
        }

        private void upload() throws IOException {
            steps.add("upload");
            uploads.upload(broker);
        }

        private void trim() throws Exception {
            steps.add("trim");
            new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), uploads::end, Duration.ofHours(1))
                    .trim(false);
        }

        private void collect() throws IOException {
            steps.add("collection");
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
            long start = log.logStartOffset();
            broker.die();
            broker.leaveFiles();
            loss.strike();
            boolean lost = !broker.dirOf(PARTITION).exists();
            steps.add((lost ? "loss" : "crash") + " at " + acknowledged + " of " + reference.end());
            broker.start();
            log = broker.log(PARTITION);
            mirrors = new Mirrors(store, uploads::end).under(++epoch);
            collector = newCollector();
            now += Duration.ofSeconds(100).toNanos();
            assertThat(log.logStartOffset()).isBetween(durableStart, start);
            assertThat(log.logEndOffset()).isBetween((long) acknowledged, (long) reference.end());
            reference.truncate(log.logEndOffset());
            settle();
            check();
            if (lost) {
                assertThat(broker.rebuilt()).isEqualTo(1);
                newest().map(snapshot -> mirrored.get(snapshot.number())).ifPresent(this::checkRestored);
            }
        }

        private void check() throws IOException {
            for (Compaction.Entry entry : Compaction.entries(log)) {
                ReferenceTable.Appended appended = reference.at(entry.offset());
                assertThat(entry.key()).isEqualTo(appended.key());
                assertThat(entry.value()).isEqualTo(appended.value());
            }
            assertThat(Compaction.table(Compaction.committed(log)))
                    .isEqualTo(reference.committed(log.logStartOffset()));
            for (long producer : producers) {
                checkLastIsKnown(producer);
            }
        }

        /** What is sent again isn't appended again. */
        private void checkLastIsKnown(long producer) throws IOException {
            int offset = reference.last(producer).orElse(-1);
            if (offset >= log.logStartOffset()) {
                ReferenceTable.Appended last = reference.at(offset);
                LogAppendInfo again = log.appendAsLeader(
                        Batches.transactionalKeyed(producer, last.sequence(), "again", "again"), epoch);
                assertThat(again.firstOffset()).isEqualTo(offset);
                assertThat(log.logEndOffset()).isEqualTo(reference.end());
            }
        }

        private void checkRestored(Mirrored then) {
            long start = log.logStartOffset();
            assertThat(below(then.end()).from(start)).isEqualTo(then.from(start));
        }

        @Override
        public void close() {
            broker.close();
        }
    }
}
