package io.aquifer.wal.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BlockRecordsTest {

    private static final int PAYLOAD = 5;
    private static final int RECORD = RecordHeader.recordLength(PAYLOAD);

    private static RecordHeader record(long offset) {
        LogId log = new LogId(new UUID(1, 2), 3, 4);
        return new RecordHeader(RecordKind.DATA, log, 1, offset, offset, 9, PAYLOAD);
    }

    /** Of a block with two records, whose header says that it has {@code count}. */
    private static BlockRecords ofBlock(int count) {
        ByteBuffer block = ByteBuffer.allocate(512);
        for (int i = 0; i < 2; i++) {
            record(i).writeTo(block, BlockHeader.SIZE + i * RECORD);
            block.put(BlockHeader.SIZE + i * RECORD + RecordHeader.SIZE, (byte) (70 + i));
        }
        UUID walId = new UUID(5, 6);
        return new BlockRecords(
                new BlockHeader(BlockHeader.Type.DATA, 512, 2 * RECORD, count, 1, 1024, walId, 0), block);
    }

    @Test
    void the_records_of_a_block_come_in_order() throws CorruptWalException {
        BlockRecords records = ofBlock(2);
        for (int i = 0; i < 2; i++) {
            assertThat(records.next()).isTrue();
            assertThat(records.header()).isEqualTo(record(i));
            assertThat(records.offset()).isEqualTo(BlockHeader.SIZE + i * RECORD);
            assertThat(records.payload().remaining()).isEqualTo(PAYLOAD);
            assertThat(records.payload().get(0)).isEqualTo((byte) (70 + i));
        }
        assertThat(records.next()).isFalse();
    }

    @Test
    void a_block_that_miscounts_its_records_is_corrupt() {
        for (int count : new int[] {0, 1, 3}) {
            BlockRecords records = ofBlock(count);
            assertThatThrownBy(() -> {
                        while (records.next()) {
                            assertThat(records.header().payloadLength()).isEqualTo(PAYLOAD);
                        }
                    })
                    .isInstanceOf(CorruptWalException.class)
                    .hasMessageContaining("block at position 1024 verifies and says it has " + count + " records")
                    .hasMessageContaining("has 2");
        }
    }

    @Test
    void there_is_no_record_before_the_first() {
        assertThatThrownBy(() -> ofBlock(2).header()).isInstanceOf(IllegalStateException.class);
    }
}
