package io.aquifer.wal.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.LogIncarnation;
import io.aquifer.format.TestBatch;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectInfo;
import io.aquifer.format.WalObjectName;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.CorruptWalException;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.MisplacedBlockException;
import io.aquifer.wal.layout.NotAWalException;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.WalFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class WalObjectIndexerTest {

    private static final WalObjectName NAME = new WalObjectName(7, TestBlocks.EPOCH, 11);
    private static final LogId LOG = new LogId(new UUID(1, 2), 3, 4);
    private static final LogId OTHER = new LogId(new UUID(1, 2), 3, 5);
    private static final long START = 20 * TestBlocks.BLOCK_SIZE;

    private final WalObjectIndexer indexer =
            new WalObjectIndexer(NAME, TestBlocks.WAL_ID, TestBlocks.BLOCK_SIZE, START);

    private static ByteBuffer dataBlock(long position, long baseOffset) {
        return TestBlocks.block(
                position, List.of(TestBlocks.data(LOG, TestBatch.plain(baseOffset, baseOffset + 2, 100))));
    }

    @Test
    void payloads_are_found_where_they_lie_in_the_object() throws WalFormatException {
        ByteBuffer first = dataBlock(START, 10);
        TestBatch batch = TestBatch.plain(13, 13, 40);
        ByteBuffer second = TestBlocks.block(
                START + 512, List.of(TestBlocks.data(OTHER, TestBatch.marker(1)), TestBlocks.data(LOG, batch)));

        add(first);
        add(second);

        WalObjectIndex index = indexer.index();
        assertThat(index.info())
                .isEqualTo(new WalObjectInfo(
                        NAME, TestBlocks.WAL_ID, TestBlocks.BLOCK_SIZE, START, START + 1024, indexer.bodyLength()));
        assertThat(index.logs().keySet()).containsExactly(incarnation(LOG), incarnation(OTHER));
        WalEntry entry = index.logs().get(incarnation(LOG)).get(1);
        assertThat(entry.baseOffset()).isEqualTo(13);
        assertThat(entry.maxTimestamp()).isEqualTo(batch.maxTimestamp());
        assertThat(entry.leaderEpoch()).isEqualTo(5);
        assertThat(second.slice(entry.position() - first.limit(), entry.length()))
                .isEqualTo(batch.bytes());
    }

    @Test
    void every_kind_of_record_is_kept_but_void_ones() throws WalFormatException {
        byte[] topic = "a-topic".getBytes(StandardCharsets.UTF_8);
        List<TestBlocks.Logged> records = new ArrayList<>();
        for (RecordKind kind : RecordKind.values()) {
            records.add(
                    kind == RecordKind.DATA
                            ? TestBlocks.data(LOG, TestBatch.plain(1, 1, 8))
                            : TestBlocks.control(kind, LOG, 1, 2, topic));
        }
        add(TestBlocks.block(START, records));

        List<WalEntry> entries = indexer.index().logs().get(incarnation(LOG));
        assertThat(entries).extracting(WalEntry::kind).containsExactly(WalEntryKind.values());
        assertThat(entries.get(5).excerpt()).isEqualTo(ByteBuffer.wrap(topic));
    }

    @Test
    void a_block_of_void_records_makes_an_object_that_says_nothing_of_any_log() throws WalFormatException {
        add(TestBlocks.block(START, List.of(TestBlocks.control(RecordKind.VOID, LOG, 1, 2, new byte[100]))));

        assertThat(indexer.index().logs()).isEmpty();
    }

    @Test
    void of_padding_only_what_was_written_is_in_the_object() throws WalFormatException {
        add(dataBlock(START, 10));
        add(TestBlocks.padding(START + 512, 8 * 512));
        add(dataBlock(START + 9 * 512, 13));

        assertThat(indexer.bodyLength()).isEqualTo(3 * 512);
        WalObjectIndex index = indexer.index();
        assertThat(index.info().endPosition()).isEqualTo(START + 10 * 512);
        WalEntry last = index.logs().get(incarnation(LOG)).get(1);
        assertThat(last.position()).isEqualTo(2 * 512 + BlockHeader.SIZE + RecordHeader.SIZE);
    }

    @Test
    void there_is_no_object_without_a_block() {
        assertThatThrownBy(indexer::index).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_gap_is_refused() {
        assertThatAdding(dataBlock(START + 512, 10))
                .isInstanceOf(MisplacedBlockException.class)
                .hasMessageContaining("position " + (START + 512))
                .hasMessageContaining("position " + START);
    }

    @Test
    void a_block_is_not_taken_twice() throws WalFormatException {
        add(dataBlock(START, 10));

        assertThatAdding(dataBlock(START, 10)).isInstanceOf(MisplacedBlockException.class);
    }

    @Test
    void a_block_of_another_epoch_is_refused() {
        List<TestBlocks.Logged> records = List.of(TestBlocks.data(LOG, TestBatch.marker(1)));
        for (long epoch : List.of(TestBlocks.EPOCH - 1, TestBlocks.EPOCH + 1)) {
            assertThatAdding(TestBlocks.block(START, epoch, TestBlocks.WAL_ID, records))
                    .isInstanceOf(MisplacedBlockException.class)
                    .hasMessageContaining("epoch " + epoch);
        }
    }

    @Test
    void a_block_of_another_wal_is_refused() {
        List<TestBlocks.Logged> records = List.of(TestBlocks.data(LOG, TestBatch.marker(1)));

        assertThatAdding(TestBlocks.block(START, TestBlocks.EPOCH, new UUID(5, 7), records))
                .isInstanceOf(MisplacedBlockException.class)
                .hasMessageContaining(new UUID(5, 7).toString());
    }

    @Test
    void no_flipped_bit_of_a_block_is_taken() {
        ByteBuffer block = dataBlock(START, 10);
        ByteBuffer padding = TestBlocks.padding(START, 4096);
        for (int bit = 0; bit < Byte.SIZE * 512; bit++) {
            assertThatAdding(flipped(block, bit)).as("bit %d of a block", bit).isInstanceOf(WalFormatException.class);
            assertThatAdding(flipped(padding, bit)).as("bit %d of padding", bit).isInstanceOf(WalFormatException.class);
        }
    }

    private static ByteBuffer flipped(ByteBuffer block, int bit) {
        byte[] bytes = bytes(block);
        bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        return ByteBuffer.wrap(bytes);
    }

    private static byte[] bytes(ByteBuffer block) {
        byte[] bytes = new byte[block.limit()];
        block.get(0, bytes);
        return bytes;
    }

    @Test
    void a_block_of_which_a_part_is_missing_or_that_is_followed_by_more_is_refused() {
        byte[] block = bytes(dataBlock(START, 10));
        for (int length : new int[] {0, 10, 64, 511, 513, 1024}) {
            assertThatAdding(ByteBuffer.wrap(Arrays.copyOf(block, length)))
                    .as("%d bytes", length)
                    .isInstanceOf(CorruptWalException.class);
        }
        assertThatAdding(ByteBuffer.allocate(512)).isInstanceOf(NotAWalException.class);
    }

    @Test
    void a_batch_that_was_damaged_before_its_block_was_sealed_is_refused() {
        TestBlocks.Logged data = TestBlocks.data(LOG, TestBatch.plain(1, 1, 8));
        data.payload().put(65, (byte) 99);

        assertThatAdding(TestBlocks.block(START, List.of(data)))
                .isInstanceOf(CorruptWalException.class)
                .hasMessageContaining("the record of " + LOG + " at byte 64 of the block at position " + START)
                .hasMessageContaining("the batch of offsets 1 to 1");
    }

    @Test
    void data_that_is_no_batch_of_its_offsets_is_refused() {
        ByteBuffer batch = TestBatch.plain(1, 3, 8).bytes();
        assertThatAdding(recordOf(2, 3, batch)).hasMessageContaining("where 2 comes next");
        assertThatAdding(recordOf(0, 3, batch)).hasMessageContaining("in an entry of 0 to 3");
        assertThatAdding(recordOf(1, 4, batch)).hasMessageContaining("in an entry of 1 to 4");
        assertThatAdding(recordOf(1, 3, batch.slice(0, 68))).hasMessageContaining("length 57");
        assertThatAdding(recordOf(1, 3, ByteBuffer.allocate(0))).hasMessageContaining("without a batch");
    }

    private static ByteBuffer recordOf(long base, long last, ByteBuffer payload) {
        return TestBlocks.block(START, List.of(TestBlocks.logged(RecordKind.DATA, LOG, base, last, -1, payload)));
    }

    @Test
    void a_refused_block_leaves_the_index_of_those_before_it() throws WalFormatException {
        add(dataBlock(START, 10));
        WalObjectIndex before = indexer.index();
        TestBlocks.Logged damaged = TestBlocks.data(OTHER, TestBatch.plain(1, 1, 8));
        damaged.payload().put(65, (byte) 99);

        assertThatAdding(TestBlocks.block(
                        START + 512, List.of(TestBlocks.data(LOG, TestBatch.plain(13, 13, 8)), damaged)))
                .isInstanceOf(CorruptWalException.class);

        assertThat(indexer.index().logs()).isEqualTo(before.logs());
        assertThat(indexer.index().info()).isEqualTo(before.info());
        add(dataBlock(START + 512, 13));
        assertThat(indexer.index().logs().get(incarnation(LOG))).hasSize(2);
    }

    @Test
    void no_object_becomes_longer_than_one_may_be() throws WalFormatException {
        int length = WalObjectInfo.MAX_BODY_LENGTH / 4;
        ByteBuffer payload = ByteBuffer.allocate(length - BlockHeader.SIZE - RecordHeader.SIZE);
        TestBlocks.Logged record = TestBlocks.logged(RecordKind.VOID, LOG, 1, 1, -1, payload);
        for (int i = 0; i < 4; i++) {
            add(TestBlocks.block(START + (long) i * length, List.of(record)));
        }
        assertThat(indexer.bodyLength()).isEqualTo(WalObjectInfo.MAX_BODY_LENGTH);

        assertThatAdding(dataBlock(START + WalObjectInfo.MAX_BODY_LENGTH, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most " + WalObjectInfo.MAX_BODY_LENGTH);
        assertThat(indexer.index().info().bodyLength()).isEqualTo(WalObjectInfo.MAX_BODY_LENGTH);
    }

    @Test
    void a_block_with_which_the_object_would_get_too_long_is_left_to_the_next_one() throws WalFormatException {
        ByteBuffer first = dataBlock(START, 10);
        ByteBuffer second = TestBlocks.block(
                START + 512,
                List.of(
                        TestBlocks.data(LOG, TestBatch.plain(13, 13, 40)),
                        TestBlocks.data(OTHER, TestBatch.plain(1, 1, 40)),
                        TestBlocks.data(OTHER, TestBatch.plain(2, 2, 40))));
        WalObjectIndexer unlimited = new WalObjectIndexer(NAME, TestBlocks.WAL_ID, TestBlocks.BLOCK_SIZE, START);
        assertThat(unlimited.add(first, Long.MAX_VALUE)).isTrue();
        assertThat(unlimited.add(second, Long.MAX_VALUE)).isTrue();

        assertThat(indexer.add(first, 1)).isTrue();
        long one = indexer.objectLength();
        assertThat(indexer.add(second, unlimited.objectLength() - 1)).isFalse();
        assertThat(indexer.objectLength()).isEqualTo(one);
        assertThat(indexer.index().logs()).containsOnlyKeys(incarnation(LOG));
        assertThat(indexer.add(second, unlimited.objectLength())).isTrue();
        assertThat(indexer.index().logs()).isEqualTo(unlimited.index().logs());
    }

    private void add(ByteBuffer block) throws WalFormatException {
        assertThat(indexer.add(block, Long.MAX_VALUE)).isTrue();
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatAdding(ByteBuffer block) {
        return assertThatThrownBy(() -> add(block));
    }

    private static LogIncarnation incarnation(LogId log) {
        return new LogIncarnation(log.topicId(), log.partition(), log.incarnation());
    }
}
