package io.aquifer.wal.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.SeedExtension;
import io.aquifer.sim.Seeds;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class BlockHeaderTest {

    private static final int BLOCK_SIZE = 512;
    private static final long MAX_LENGTH = 8 * BLOCK_SIZE;
    private static final BlockHeader DATA =
            new BlockHeader(BlockHeader.Type.DATA, 2 * BLOCK_SIZE, 800, 3, 5, 4096, new UUID(1, 2), 2048);
    private static final BlockHeader PADDING =
            new BlockHeader(BlockHeader.Type.PADDING, 4 * BLOCK_SIZE, 0, 0, 5, 4096, new UUID(1, 2), 2048);

    @Test
    void aHeaderIsReadAndVerifiedWhereverItIsInTheBuffer() throws WalFormatException {
        ByteBuffer buffer = ByteBuffer.allocate(3 * BLOCK_SIZE);
        DATA.writeTo(buffer.position(BLOCK_SIZE), BLOCK_SIZE);
        assertThat(buffer.position()).isEqualTo(BLOCK_SIZE);
        BlockHeader read = BlockHeader.readFrom(buffer, BLOCK_SIZE, MAX_LENGTH);
        read.verify(buffer, BLOCK_SIZE);
        assertThat(read).isEqualTo(DATA);
        assertThat(buffer.position()).isEqualTo(BLOCK_SIZE);
    }

    @Test
    void everyBitOfADataBlockIsVerified(Seeds seeds) {
        seeds.forEach(200, random -> {
            ByteBuffer block = written(DATA);
            for (int i = BlockHeader.SIZE; i < block.capacity(); i++) {
                block.put(i, (byte) random.nextInt());
            }
            DATA.writeTo(block, BLOCK_SIZE);
            int at = random.nextInt(block.capacity());
            block.put(at, (byte) (block.get(at) ^ (1 << random.nextInt(8))));
            assertThatThrownBy(() ->
                            BlockHeader.readFrom(block, BLOCK_SIZE, MAX_LENGTH).verify(block, BLOCK_SIZE))
                    .isInstanceOf(WalFormatException.class);
        });
    }

    @Test
    void aBlockOfWhichPartIsMissingIsNoBlock() {
        ByteBuffer block = written(DATA);
        assertThatThrownBy(() -> DATA.verify(block.limit(block.capacity() - 1), BLOCK_SIZE))
                .isInstanceOf(CorruptWalException.class)
                .hasMessageContaining("are here");
    }

    @Test
    void ofPaddingOnlyTheFirstBlockSizeBytesAreVerifiedForTheOthersAreNotWritten() throws WalFormatException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_SIZE);
        PADDING.writeTo(block, BLOCK_SIZE);
        BlockHeader.readFrom(block, BLOCK_SIZE, MAX_LENGTH).verify(block, BLOCK_SIZE);
        block.put(BLOCK_SIZE - 1, (byte) 1);
        assertThatThrownBy(() -> PADDING.verify(block, BLOCK_SIZE)).isInstanceOf(CorruptWalException.class);
    }

    @Test
    void theCauseOfAnUnreadableHeaderIsNamed() {
        assertThatThrownBy(() -> BlockHeader.readFrom(ByteBuffer.allocate(BLOCK_SIZE), BLOCK_SIZE, MAX_LENGTH))
                .isInstanceOf(NotAWalException.class);
        assertThatThrownBy(() -> BlockHeader.readFrom(written(DATA).putShort(4, (short) 2), BLOCK_SIZE, MAX_LENGTH))
                .isInstanceOf(UnsupportedWalVersionException.class)
                .hasMessageContaining("version 2");
        corrupt(written(DATA).put(6, (byte) 3), "type 3");
        corrupt(written(DATA).put(6, (byte) 0), "type 0");
    }

    @Test
    void impossibleLengthsAreRefusedBeforeAnythingIsReadByThem() {
        corrupt(written(DATA).putInt(12, 0), "a block of 0 bytes");
        corrupt(written(DATA).putInt(12, -BLOCK_SIZE), "a block of -512 bytes");
        corrupt(written(DATA).putInt(12, BLOCK_SIZE + 1), "a block of 513 bytes");
        corrupt(written(DATA).putInt(12, 9 * BLOCK_SIZE), "a block of 4608 bytes");
        corrupt(written(DATA).putInt(12, Integer.MIN_VALUE), "a block of");
        corrupt(written(DATA).putInt(16, -1), "records of -1 bytes");
        corrupt(written(DATA).putInt(16, 2 * BLOCK_SIZE - BlockHeader.SIZE + 1), "records of 961 bytes");
        corrupt(written(DATA).putInt(20, -1), "-1 records");
        corrupt(written(DATA).putInt(20, 801), "801 records");
    }

    @Test
    void whateverTheFieldsSayIsReadWithinBoundsOrRefusedByName(Seeds seeds) {
        int[] fields = {0, 4, 6, 12, 16, 20, 24, 32, 56};
        seeds.forEach(50_000, random -> {
            ByteBuffer block = written(random.nextBoolean() ? DATA : PADDING);
            int field = fields[random.nextInt(fields.length)];
            block.putInt(field, random.nextBoolean() ? random.nextInt() : random.nextInt(16) * BLOCK_SIZE);
            try {
                BlockHeader read = BlockHeader.readFrom(block, BLOCK_SIZE, MAX_LENGTH);
                assertThat(read.length()).isBetween(BLOCK_SIZE, (int) MAX_LENGTH);
                assertThat(read.bodyLength()).isBetween(0, read.length() - BlockHeader.SIZE);
                assertThat(read.recordCount()).isBetween(0, read.bodyLength());
            } catch (WalFormatException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }

    private static void corrupt(ByteBuffer block, String what) {
        assertThatThrownBy(() -> BlockHeader.readFrom(block, BLOCK_SIZE, MAX_LENGTH))
                .isInstanceOf(CorruptWalException.class)
                .hasMessageContaining(what);
    }

    private static ByteBuffer written(BlockHeader header) {
        ByteBuffer block = ByteBuffer.allocate(header.length());
        header.writeTo(block, BLOCK_SIZE);
        return block;
    }
}
