package io.aquifer.wal.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.TestBatch;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.PutResult;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.sim.SeedExtension;
import io.aquifer.sim.Seeds;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.WalFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Random runs of blocks, cut into objects anywhere, say and hold in S3 what was appended. */
@ExtendWith(SeedExtension.class)
class WalObjectRoundTripTest {

    private static final int LOGS = 5;

    @Test
    void objects_say_and_hold_what_was_appended(Seeds seeds) {
        seeds.forEach(300, random -> new Run(random).check());
    }

    /** One run of blocks, and what is expected of its objects. */
    private static final class Run {

        private final RandomGenerator random;
        private final SimulatedObjectStore store = SimulatedObjectStore.eager();
        private final ClusterKeys keys = ClusterKeys.of("prefix", "cluster");
        private final WalObjects objects = new WalObjects(store, keys);
        private final WalChain chain = new WalChain(store, keys);
        private final Map<LogId, Long> ends = new HashMap<>();
        private final Map<LogIncarnation, List<TestBlocks.Logged>> expected = new LinkedHashMap<>();
        private final Map<ByteBuffer, List<TestBatch>> batches = new HashMap<>();
        private long position;

        Run(RandomGenerator random) {
            this.random = random;
            this.position = random.nextLong(1L << 40) * TestBlocks.BLOCK_SIZE;
        }

        void check() throws WalFormatException {
            int count = 1 + random.nextInt(4);
            List<byte[]> bodies = new ArrayList<>();
            long start = position;
            for (int sequence = 0; sequence < count; sequence++) {
                bodies.add(upload(sequence));
            }
            Map<LogIncarnation, List<TestBlocks.Logged>> found = new LinkedHashMap<>();
            List<WalObjectName> run =
                    chain.run(7, TestBlocks.EPOCH).join().orElseThrow().objects();
            assertThat(run).hasSize(count);
            for (WalObjectName name : run) {
                WalObjectIndex index = objects.open(name).join();
                assertThat(index.info().firstPosition()).isEqualTo(start);
                start = index.info().endPosition();
                byte[] body = bodies.get((int) name.sequence());
                index.logs()
                        .forEach((log, entries) ->
                                entries.forEach(entry -> found.computeIfAbsent(log, key -> new ArrayList<>())
                                        .add(read(name, log, entry, body))));
            }
            assertThat(start).isEqualTo(position);
            assertThat(found).isEqualTo(expected);
        }

        private byte[] upload(int sequence) throws WalFormatException {
            WalObjectName name = new WalObjectName(7, TestBlocks.EPOCH, sequence);
            WalObjectIndexer indexer = new WalObjectIndexer(name, TestBlocks.WAL_ID, TestBlocks.BLOCK_SIZE, position);
            List<ObjectContent> blocks = new ArrayList<>();
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                ByteBuffer block = nextBlock();
                assertThat(indexer.add(block, Long.MAX_VALUE)).isTrue();
                blocks.add(ObjectContent.of(block));
            }
            ObjectContent body = ObjectContent.concat(blocks);
            assertThat(objects.create(indexer.index(), body).join()).isEqualTo(PutResult.CREATED);
            byte[] object =
                    store.bucket().bytes(ClusterKeys.of("prefix", "cluster").walObject(name));
            assertThat(object).hasSize((int) indexer.objectLength());
            int offset = 0;
            for (ObjectContent block : blocks) {
                assertThat(ByteBuffer.wrap(object, offset, (int) block.length()))
                        .isEqualTo(contentOf(block));
                offset += (int) block.length();
            }
            return object;
        }

        private static ByteBuffer contentOf(ObjectContent content) {
            ByteBuffer bytes = ByteBuffer.allocate((int) content.length());
            try {
                content.read(0, bytes);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return bytes.flip();
        }

        private ByteBuffer nextBlock() {
            if (random.nextInt(8) == 0) {
                int length = (1 + random.nextInt(9)) * TestBlocks.BLOCK_SIZE;
                ByteBuffer padding = TestBlocks.padding(position, length);
                position += length;
                return padding;
            }
            List<TestBlocks.Logged> records = new ArrayList<>();
            int count = 1 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                records.add(record(new LogId(new UUID(1, 2), 3, random.nextInt(LOGS))));
            }
            ByteBuffer block = TestBlocks.block(position, records);
            position += block.limit();
            return block;
        }

        private TestBlocks.Logged record(LogId log) {
            TestBlocks.Logged record =
                    switch (random.nextInt(8)) {
                        case 0 -> TestBlocks.control(RecordKind.VOID, log, 1, 2, bytes());
                        case 1 -> truncation(log);
                        case 2 -> TestBlocks.control(RecordKind.CHECKPOINT, log, 0, end(log) - 1, bytes());
                        default -> data(log);
                    };
            if (record.header().kind() != RecordKind.VOID) {
                expected.computeIfAbsent(incarnation(log), key -> new ArrayList<>())
                        .add(record);
            }
            return record;
        }

        private TestBlocks.Logged truncation(LogId log) {
            long to = random.nextLong(end(log) + 1);
            ends.put(log, to);
            return TestBlocks.control(RecordKind.TRUNCATE, log, to, -1, new byte[0]);
        }

        private TestBlocks.Logged data(LogId log) {
            long offset = end(log);
            TestBatch[] appended = new TestBatch[1 + random.nextInt(3)];
            for (int i = 0; i < appended.length; i++) {
                appended[i] = batch(offset);
                offset = appended[i].lastOffset() + 1;
            }
            ends.put(log, offset);
            TestBlocks.Logged record = TestBlocks.data(log, appended);
            batches.put(record.payload(), List.of(appended));
            return record;
        }

        private TestBatch batch(long offset) {
            long last = offset + random.nextInt(4);
            return switch (random.nextInt(4)) {
                case 0 -> TestBatch.marker(offset);
                case 1 -> TestBatch.transactional(offset, last, random.nextInt(700));
                default -> TestBatch.plain(offset, last, random.nextInt(700));
            };
        }

        private long end(LogId log) {
            return ends.getOrDefault(log, 0L);
        }

        private byte[] bytes() {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            return bytes;
        }

        /** What an entry says, in the words of the record that it must come from. */
        private TestBlocks.Logged read(WalObjectName name, LogIncarnation log, WalEntry entry, byte[] object) {
            ByteBuffer inObject = ByteBuffer.wrap(object, entry.position(), entry.length());
            ByteBuffer payload = entry.kind() == WalEntryKind.DATA
                    ? objects.read(name, entry).join()
                    : entry.excerpt();
            assertThat(payload).isEqualTo(inObject);
            if (entry.kind() == WalEntryKind.DATA) {
                checkBatches(entry, batches.get(payload));
            }
            RecordHeader header = new RecordHeader(
                    RecordKind.valueOf(entry.kind().name()),
                    new LogId(log.topicId(), log.partition(), log.incarnation()),
                    entry.leaderEpoch(),
                    entry.baseOffset(),
                    entry.lastOffset(),
                    entry.maxTimestamp(),
                    entry.length());
            return new TestBlocks.Logged(header, payload);
        }

        private static void checkBatches(WalEntry entry, List<TestBatch> appended) {
            List<BatchHeader> headers = entry.batches();
            assertThat(headers).hasSameSizeAs(appended);
            int at = entry.position();
            for (int i = 0; i < appended.size(); i++) {
                TestBatch batch = appended.get(i);
                ByteBuffer bytes = batch.bytes();
                assertThat(headers.get(i).position()).isEqualTo(at);
                assertThat(headers.get(i).length()).isEqualTo(batch.length());
                assertThat(headers.get(i).bytes()).isEqualTo(batch.isControl() ? bytes : bytes.limit(61));
                at += batch.length();
            }
        }

        private static LogIncarnation incarnation(LogId log) {
            return new LogIncarnation(log.topicId(), log.partition(), log.incarnation());
        }
    }
}
