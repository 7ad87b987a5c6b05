package io.aquifer.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.DamagedObjectException;
import io.aquifer.format.SegmentContent;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentOpener;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SegmentTail;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentDownloadsTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final UUID TOPIC = new UUID(1, 2);
    private static final LogId ONE = new LogId(TOPIC, 0, 5);
    private static final LogId OTHER = new LogId(TOPIC, 1, 6);
    private static final int EPOCH = 3;
    private static final int CHUNK = 64 << 10;
    private static final int BATCH_BYTES = 1 << 20;
    /** Fits into what is read together with an index. */
    private static final int SHORT_BYTES = 1_000;

    @TempDir
    Path folder;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final SegmentDownloads downloads = new SegmentDownloads(store, KEYS, new RebuildProgress(() -> 0));

    /** As many batches of one record each. */
    private static ByteBuffer batches(int number, int bytes) {
        ByteBuffer all = ByteBuffer.allocate(number * (bytes + 200));
        for (int offset = 0; offset < number; offset++) {
            byte[] value = new byte[bytes];
            new Random(offset).nextBytes(value);
            all.put(MemoryRecords.withRecords(offset, Compression.NONE, EPOCH, new SimpleRecord(value))
                    .buffer());
        }
        return all.flip();
    }

    private static SegmentName name(LogId log, int records) {
        return new SegmentName(log.topicId(), log.partition(), 0, records - 1, EPOCH, new UUID(9, log.partition()));
    }

    private SegmentTail segment(LogId log, int records, ByteBuffer data) {
        SegmentName name = name(log, records);
        Map<SegmentPart, ObjectContent> parts = new EnumMap<>(SegmentPart.class);
        for (SegmentPart part : SegmentPart.values()) {
            if (part != SegmentPart.TRANSACTION_INDEX) {
                parts.put(part, ObjectContent.of(ByteBuffer.wrap(new byte[10])));
            }
        }
        parts.put(SegmentPart.DATA, ObjectContent.of(data));
        SegmentInfo info = new SegmentInfo(name, 0, 0, 1, true, new TreeMap<>(Map.of(EPOCH, 0L)));
        store.uploadIfAbsent(KEYS.segment(name), new SegmentContent(info, parts, CHUNK))
                .join();
        return new SegmentOpener(store, KEYS)
                .openTail(name, SegmentOpener.TAIL_BYTES)
                .join();
    }

    private File want(LogId log, SegmentTail segment, long end) throws IOException {
        File file = Files.createTempFile(folder, "segment", ".log").toFile();
        downloads.want(log, segment, file, end);
        return file;
    }

    private long gets() {
        return store.calls().stream()
                .filter(call -> call.kind() == SimulatedCall.Kind.GET)
                .count();
    }

    @Test
    void aLongSegmentIsReadInSeveralWindowsAndIsAsItWas() throws IOException {
        ByteBuffer data = batches(20, BATCH_BYTES);
        File file = want(ONE, segment(ONE, 20, data.duplicate()), 20);
        long before = gets();

        assertThat(downloads.fetch(Set.of(ONE), Runnable::run)).isEmpty();

        assertThat(ByteBuffer.wrap(Files.readAllBytes(file.toPath()))).isEqualTo(data);
        assertThat(gets() - before).isEqualTo(3);
    }

    @Test
    void aShortSegmentCameWithItsIndexAndIsNotReadAgain() throws IOException {
        ByteBuffer data = batches(3, SHORT_BYTES);
        SegmentTail segment = segment(ONE, 3, data.duplicate());
        long before = gets();

        File file = want(ONE, segment, 3);
        assertThat(downloads.fetch(Set.of(ONE), Runnable::run)).isEmpty();

        assertThat(ByteBuffer.wrap(Files.readAllBytes(file.toPath()))).isEqualTo(data);
        assertThat(gets()).isEqualTo(before);
    }

    @Test
    void whatIsNotWantedOfASegmentsEndIsCutOffBetweenBatches() throws IOException {
        File longOne = want(ONE, segment(ONE, 20, batches(20, BATCH_BYTES)), 7);
        File shortOne = want(OTHER, segment(OTHER, 5, batches(5, SHORT_BYTES)), 2);

        assertThat(downloads.fetch(Set.of(ONE, OTHER), Runnable::run)).isEmpty();

        assertThat(ByteBuffer.wrap(Files.readAllBytes(longOne.toPath()))).isEqualTo(batches(7, BATCH_BYTES));
        assertThat(ByteBuffer.wrap(Files.readAllBytes(shortOne.toPath()))).isEqualTo(batches(2, SHORT_BYTES));
    }

    @Test
    void aSegmentThatIsGoneIsToldOfItsLogAndOfNoOther() throws IOException {
        want(ONE, segment(ONE, 20, batches(20, BATCH_BYTES)), 20);
        ByteBuffer data = batches(15, BATCH_BYTES);
        File there = want(OTHER, segment(OTHER, 15, data.duplicate()), 15);
        store.delete(List.of(KEYS.segment(name(ONE, 20)))).join();

        Map<LogId, ObjectNotFoundException> gone = downloads.fetch(Set.of(ONE, OTHER), Runnable::run);

        assertThat(gone).containsOnlyKeys(ONE);
        assertThat(ByteBuffer.wrap(Files.readAllBytes(there.toPath()))).isEqualTo(data);
    }

    @Test
    void whatIsOfALogThatIsNotStagedAnyMoreIsLeftAlone() throws IOException {
        File file = want(ONE, segment(ONE, 20, batches(20, BATCH_BYTES)), 20);

        assertThat(downloads.fetch(Set.of(OTHER), Runnable::run)).isEmpty();

        assertThat(file).isEmpty();
    }

    @Test
    void damageIsAnErrorThatNamesTheObjectWhereverItIs() throws IOException {
        SegmentName name = name(ONE, 20);
        want(ONE, segment(ONE, 20, batches(20, BATCH_BYTES)), 20);
        damage(name, 17 << 20);

        assertThatThrownBy(() -> downloads.fetch(Set.of(ONE), Runnable::run))
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining(KEYS.segment(name));
    }

    /** One bit of an object is another one afterwards. */
    private void damage(SegmentName name, int position) {
        String key = KEYS.segment(name);
        long length = store.head(key).join().length();
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        ObjectRange unused = store.get(key, 0, bytes.duplicate()).join();
        bytes.put(position, (byte) (bytes.get(position) ^ 1));
        store.delete(List.of(key)).join();
        store.putIfAbsent(key, bytes).join();
    }
}
