package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.CompositeIndex;
import io.aquifer.format.Composites;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoredObject;
import io.aquifer.rebuild.IncarnationFile;
import io.aquifer.rebuild.KafkaIds;
import io.aquifer.rebuild.LogDirectories;
import io.aquifer.rebuild.LostWal;
import io.aquifer.rebuild.RebuildProgress;
import io.aquifer.rebuild.Rebuilding;
import io.aquifer.wal.Wal;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.device.NativeIo;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.recovery.WalIndex;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that ends before what the WAL holds is replaced by what the bucket has of its log, and no other is. */
class StaleLogTest {

    private static final TopicPartition PARTITION = new TopicPartition("shared", 0);
    private static final TopicPartition TABLE = new TopicPartition("table", 0);

    @TempDir
    Path root;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final Uploads uploads = new Uploads(store, 3);
    private Broker broker;
    private UnifiedLog log;
    private File dir;
    private int written;

    @BeforeEach
    void start() throws IOException {
        start(1);
    }

    private void start(int logDirs) throws IOException {
        broker = new Broker(root.resolve("broker" + logDirs), logDirs)
                .sharedTopic("shared")
                .rebuildingFrom(store)
                .start();
        broker.logManager().maybeUpdatePreferredLogDir(PARTITION, broker.dir(0).getAbsolutePath());
        log = broker.create(PARTITION);
        dir = broker.dirOf(PARTITION);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void write(int batches) throws IOException {
        for (int i = 0; i < batches; i++, written++) {
            log.appendAsLeader(Batches.of("value " + written), 1);
        }
        broker.awaitDurable();
    }

    private void uploadAndTrim() throws Exception {
        uploads.upload(broker);
        new LocalTrimmer(broker.runtime().wal(), broker.runtime().logs(), Duration.ofHours(1)).trim(false);
        broker.awaitDurable();
    }

    /** Six batches in segments of two, which the WAL holds no more, then two that it holds. Answers all bytes. */
    private byte[] writeBelowAndAboveTrim() throws Exception {
        for (int i = 0; i < 3; i++) {
            write(2);
            if (i < 2) {
                log.roll();
            }
        }
        uploadAndTrim();
        write(2);
        return Batches.bytes(log);
    }

    private void restart() throws IOException {
        broker.start();
        log = broker.log(PARTITION);
    }

    /** All of the log: what composite segments hold, and the local files, which they reach without a gap. */
    private byte[] whole() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long next = 0;
        for (CompositeIndex index : composites()) {
            assertThat(index.info().name().baseOffset()).isEqualTo(next);
            next = index.info().name().endOffset() + 1;
            ByteBuffer data = ByteBuffer.allocate((int) index.dataLength());
            new Composites(store, Broker.KEYS)
                    .read(index.data(), 0, data, Runnable::run)
                    .join();
            bytes.writeBytes(data.array());
        }
        assertThat(log.localLogStartOffset()).isEqualTo(next);
        bytes.writeBytes(Batches.bytes(log));
        return bytes.toByteArray();
    }

    private List<CompositeIndex> composites() {
        List<CompositeIndex> found = new ArrayList<>();
        UUID topic = KafkaIds.toJava(broker.topicId("shared"));
        for (StoredObject object : store.list(Broker.KEYS.segmentsOf(topic, 0), null, ObjectStore.MAX_PAGE)
                .join()
                .objects()) {
            Broker.KEYS
                    .compositeOf(object.key())
                    .ifPresent(name -> found.add(new Composites(store, Broker.KEYS)
                            .open(name, Optional.empty())
                            .join()));
        }
        found.sort(Comparator.comparingLong(index -> index.info().name().baseOffset()));
        return found;
    }

    /** The log is there as it was, is written to, and nothing is left of what was replaced. */
    private void assertReplacedBy(byte[] expected) throws IOException {
        assertThat(broker.rebuilt()).isEqualTo(1);
        assertThat(whole()).isEqualTo(expected);
        assertThat(log.logEndOffset()).isEqualTo(8);
        assertThat(IncarnationFile.read(dir)).isPresent();
        assertThat(directories(broker.dir(0))).containsExactly(PARTITION.toString());
        write(1);
        assertThat(log.logEndOffset()).isEqualTo(9);
    }

    private static List<String> directories(File logDir) {
        return Arrays.stream(logDir.listFiles(File::isDirectory))
                .map(File::getName)
                .sorted()
                .toList();
    }

    /** The directory's files by name, and what tells them from others that get their names. */
    private Map<String, Object> files() throws IOException {
        Map<String, Object> files = new TreeMap<>();
        for (File file : LocalFiles.files(dir)) {
            files.put(file.getName(), key(file));
        }
        return files;
    }

    private static Object key(File file) throws IOException {
        return Files.readAttributes(file.toPath(), BasicFileAttributes.class).fileKey();
    }

    @Test
    void an_old_copy_of_a_directory_is_replaced() throws Exception {
        write(1);
        broker.crash();
        File copy = root.resolve("copy").toFile();
        LocalFiles.copy(dir, copy);
        restart();
        write(5);
        uploadAndTrim();
        write(2);
        byte[] before = Batches.bytes(log);
        broker.crash();
        LocalFiles.deleteAll(dir);
        LocalFiles.copy(copy, dir);

        restart();

        assertReplacedBy(before);
    }

    @Test
    void an_old_copy_of_a_compacted_log_is_replaced_and_what_was_cleaned_away_since_does_not_come_back()
            throws Exception {
        startCompacted();
        change("a", "1", "b", "1");
        broker.crash();
        File copy = root.resolve("copy").toFile();
        LocalFiles.copy(dir, copy);
        broker.start();
        log = broker.log(TABLE);
        change("a", "2", "b", null);
        log.roll();
        Compaction.clean(log);
        change("c", "1");
        log.roll();
        new Mirrors(store).pass(broker);
        uploadAndTrim();
        change("d", "1");
        List<Compaction.Entry> before = Compaction.entries(log);
        assertThat(before).extracting(Compaction.Entry::offset).containsExactly(2L, 3L, 4L, 5L);
        broker.crash();
        LocalFiles.deleteAll(dir);
        LocalFiles.copy(copy, dir);

        broker.start();

        assertThat(broker.rebuilt()).isEqualTo(1);
        log = broker.log(TABLE);
        assertThat(Compaction.entries(log)).isEqualTo(before);
        assertThat(directories(broker.dir(0))).containsExactly(TABLE.toString());
        change("e", "1");
        assertThat(log.logEndOffset()).isEqualTo(7);
    }

    private void startCompacted() throws IOException {
        broker.close();
        broker = new Broker(root.resolve("compacted"))
                .with("aquifer.compacted.topics", TABLE.topic())
                .topic(TABLE.topic(), "cleanup.policy", "compact")
                .rebuildingFrom(store)
                .start();
        log = broker.create(TABLE);
        dir = broker.dirOf(TABLE);
    }

    private void change(@Nullable String... keysAndValues) throws IOException {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            log.appendAsLeader(Batches.keyed(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]), 1);
        }
        broker.awaitDurable();
        log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
    }

    @Test
    void a_copy_from_before_the_log_was_shared_again_is_replaced_by_the_log_that_the_wal_knows() throws Exception {
        writeBelowAndAboveTrim();
        uploadAndTrim();
        broker.crash();
        broker.loseDirs();
        restart();
        File copy = root.resolve("copy").toFile();
        byte[] before = whole();
        broker.crash();
        LocalFiles.copy(dir, copy);
        IncarnationFile.write(copy, 42);
        LocalFiles.cut(LocalFiles.newestSegment(copy), 0);
        LocalFiles.deleteAll(dir);
        LocalFiles.copy(copy, dir);

        restart();

        assertReplacedBy(before);
    }

    @Test
    void a_directory_with_nothing_in_it_but_the_incarnation_is_replaced() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        long incarnation = broker.shared(PARTITION).id().incarnation();
        broker.crash();
        LocalFiles.deleteAll(dir);
        Files.createDirectory(dir.toPath());
        IncarnationFile.write(dir, incarnation);

        restart();

        assertReplacedBy(before);
    }

    @Test
    void a_directory_with_nothing_in_it_is_replaced() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        LocalFiles.deleteAll(dir);
        Files.createDirectory(dir.toPath());

        restart();

        assertReplacedBy(before);
    }

    @Test
    void a_directory_whose_last_segment_lost_flushed_records_is_replaced() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(dir), 20);

        restart();

        assertReplacedBy(before);
    }

    @Test
    void a_directory_with_zeros_in_place_of_flushed_records_is_replaced() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        LocalFiles.zero(LocalFiles.newestSegment(dir), 20);

        restart();

        assertReplacedBy(before);
    }

    @Test
    void a_directory_without_its_newest_segments_is_replaced() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        for (File file : LocalFiles.files(dir)) {
            if (file.getName().matches("0{19}[24]\\..*")) {
                Files.delete(file.toPath());
            }
        }

        restart();

        assertReplacedBy(before);
    }

    @Test
    void a_directory_that_reaches_what_the_wal_holds_is_left_alone_and_the_bucket_is_not_asked() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        File segment = LocalFiles.newestSegment(dir);
        LocalFiles.cut(segment, segment.length() / 2);
        Set<String> names = files().keySet();
        Object key = key(segment);
        int asked = store.calls().size();

        restart();

        assertThat(broker.rebuilt()).isZero();
        assertThat(store.calls()).hasSize(asked);
        assertThat(Batches.bytes(log)).isEqualTo(before);
        assertThat(files().keySet()).containsAll(names);
        assertThat(key(segment)).as("the very same file").isEqualTo(key);
    }

    @Test
    void what_only_the_local_files_hold_is_kept_when_the_device_is_lost() throws Exception {
        write(5);
        uploads.upload(broker);
        write(3);
        byte[] before = Batches.bytes(log);
        broker.crash();
        recoverFromBucket();

        restart();

        assertThat(broker.rebuilt()).isZero();
        assertThat(Batches.bytes(log)).isEqualTo(before);
    }

    @Test
    void a_log_that_lost_less_than_the_bucket_has_is_rebuilt_when_the_device_is_lost() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        uploads.upload(broker);
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(dir), 0);
        recoverFromBucket();

        restart();

        assertReplacedBy(before);
    }

    private void recoverFromBucket() throws IOException {
        broker.formatWal();
        LostWal lost = LostWal.find(store, Broker.KEYS, Broker.OWNER.nodeId()).orElseThrow();
        lost.seal();
        lost.continuation().write(broker.device(), lost.checkpoints());
    }

    @Test
    void a_log_that_starts_behind_its_local_end_is_not_stale() throws Exception {
        writeBelowAndAboveTrim();
        log.truncateFullyAndStartAt(20, Optional.empty());
        uploadAndTrim();
        broker.crash();
        LocalFiles.deleteAll(dir);
        Files.createDirectory(dir.toPath());

        broker.start();

        assertThat(broker.rebuilt()).isZero();
    }

    @Test
    void a_directory_stays_as_it_is_where_the_bucket_has_not_what_is_missing() throws Exception {
        writeBeforeSharing();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(dir), 0);
        Map<String, Object> files = files();

        broker.start();

        assertThat(broker.rebuilt()).isZero();
        assertThat(broker.has(PARTITION)).isFalse();
        assertThat(broker.isOffline(broker.dir(0))).isTrue();
        assertThat(files()).containsAllEntriesOf(files);
        assertThat(directories(broker.dir(0))).containsExactly(PARTITION.toString());
    }

    @Test
    void the_error_says_why_a_log_was_not_rebuilt() throws Exception {
        writeBeforeSharing();
        broker.crash();
        LocalFiles.deleteAll(dir);

        broker.start();

        assertThatThrownBy(() -> broker.create(PARTITION))
                .isInstanceOf(KafkaStorageException.class)
                .hasMessageContaining("offsets 0 to 3 were flushed to the local files, and are missing there now")
                .hasMessageContaining("couldn't be rebuilt from S3: offsets 0 to 3 are neither in a segment nor in")
                .hasMessageContaining("Restore the directory, or delete the topic")
                .hasCauseInstanceOf(WalGapException.class);
    }

    /** Four batches that never were in the WAL. */
    private void writeBeforeSharing() throws Exception {
        broker.reconfigure("shared");
        write(4);
        broker.reconfigure("shared", "remote.storage.enable", "true");
        uploadAndTrim();
    }

    @Test
    void a_directory_that_is_damaged_in_the_middle_is_left_to_kafka() throws Exception {
        write(6);
        uploadAndTrim();
        write(2);
        broker.crash();
        File segment = LocalFiles.newestSegment(dir);
        LocalFiles.flip(segment, segment.length() / 8 + 70);
        Object key = key(segment);

        broker.start();

        assertThat(broker.rebuilt()).isZero();
        assertThat(key(segment)).isEqualTo(key);
    }

    @Test
    void a_directory_of_another_topic_with_the_name_is_left_alone() throws Exception {
        writeBelowAndAboveTrim();
        broker.crash();
        LocalFiles.deleteAll(dir);
        Files.createDirectory(dir.toPath());
        Files.writeString(dir.toPath().resolve("partition.metadata"), "version: 0\ntopic_id: " + new Uuid(1, 2));

        broker.start();

        assertThat(broker.rebuilt()).isZero();
    }

    @Test
    void a_directory_with_nothing_in_it_is_not_taken_for_a_log_that_may_be_in_a_missing_log_directory()
            throws Exception {
        broker.close();
        start(2);
        writeBelowAndAboveTrim();
        broker.crash();
        broker.failDir(0);
        File empty = new File(broker.dir(1), PARTITION.toString());
        Files.createDirectory(empty.toPath());

        broker.start();

        assertThat(broker.rebuilt()).isZero();
        assertThat(broker.superblock().directoryIds())
                .as("what is missing is remembered")
                .hasSize(2);
    }

    @Test
    void a_directory_that_names_its_log_is_replaced_though_another_log_directory_is_missing() throws Exception {
        broker.close();
        start(2);
        TopicPartition other = new TopicPartition("shared", 1);
        broker.logManager().maybeUpdatePreferredLogDir(other, broker.dir(1).getAbsolutePath());
        broker.create(other);
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        broker.failDir(1);
        LocalFiles.cut(LocalFiles.newestSegment(dir), 0);

        restart();

        assertThat(broker.has(other)).isFalse();
        assertThat(broker.superblock().directoryIds()).hasSize(2);
        assertReplacedBy(before);
    }

    @Test
    void whoever_is_killed_while_a_directory_is_replaced_leaves_one_that_the_next_start_makes_whole() throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(dir), 20);
        List<Path> states = statesOfReplacing();
        assertThat(states).hasSizeGreaterThan(4);
        for (Path state : states) {
            broker.loseDirs();
            copyAll(state, broker.dir(0).toPath());

            restart();

            assertThat(whole()).as("killed at %s", state.getFileName()).isEqualTo(before);
            assertThat(directories(broker.dir(0)).stream().filter(name -> !name.endsWith("-delete")))
                    .containsExactly(PARTITION.toString());
            broker.crash();
        }
    }

    @Test
    void a_directory_that_was_named_by_nothing_but_the_incarnation_is_found_again_by_whoever_starts_next()
            throws Exception {
        byte[] before = writeBelowAndAboveTrim();
        broker.crash();
        LocalFiles.cut(LocalFiles.newestSegment(dir), 20);
        Files.delete(dir.toPath().resolve("partition.metadata"));
        for (Path state : statesOfReplacing()) {
            broker.loseDirs();
            copyAll(state, broker.dir(0).toPath());

            restart();

            assertThat(whole()).as("killed at %s", state.getFileName()).isEqualTo(before);
            broker.crash();
        }
    }

    /** What is in the log directory whenever something is being made durable while a broker starts. */
    private List<Path> statesOfReplacing() throws IOException {
        List<Path> states = new ArrayList<>();
        NativeIo io = (NativeIo) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {NativeIo.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("syncfs")) {
                        Path state = root.resolve("state-" + states.size());
                        copyAll(broker.dir(0).toPath(), state);
                        states.add(state);
                    }
                    try {
                        return method.invoke(new JnaNativeIo(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        WalIndex index = new WalIndex();
        Superblock superblock = broker.superblock();
        Wal.scan(broker.device(), superblock, index);
        new Rebuilding(
                        store,
                        Broker.KEYS,
                        Broker.OWNER.nodeId(),
                        superblock.walId(),
                        1 << 20,
                        io,
                        new RebuildProgress(() -> 0))
                .run(index.logs(), LogDirectories.look(Map.of(broker.dir(0), new UUID(7, 0))), List.of());
        return states;
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            files.forEach(file -> {
                Path target = to.resolve(from.relativize(file).toString());
                try {
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(file, target);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
