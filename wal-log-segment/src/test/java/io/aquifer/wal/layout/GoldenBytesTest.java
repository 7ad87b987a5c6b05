package io.aquifer.wal.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of every structure, byte for byte. The files were not written by the code that they hold: they follow the
 * tables in the Javadoc. They never change; a new version gets files of its own.
 */
class GoldenBytesTest {

    private static final int BLOCK_SIZE = 512;
    private static final UUID WAL_ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID TOPIC_ID = UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100");

    private static final Superblock SUPERBLOCK = new Superblock(
            0x0102030405060708L,
            WAL_ID,
            0x1112131415161718L,
            4096,
            0x21222324,
            Superblock.RING_OFFSET + 0x31323334000L,
            0x4142434445464000L,
            0x5152535455565000L,
            true,
            "cluster-ü",
            List.of(
                    UUID.fromString("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"),
                    UUID.fromString("b0b1b2b3-b4b5-b6b7-b8b9-babbbcbdbebf")));

    private static final int RECORDS_LENGTH = 592;
    private static final BlockHeader DATA_BLOCK = new BlockHeader(
            BlockHeader.Type.DATA,
            1024,
            RECORDS_LENGTH,
            7,
            0x5152535455565758L,
            0x6162636465666800L,
            WAL_ID,
            0x6162636465666200L);
    private static final BlockHeader PADDING_BLOCK = new BlockHeader(
            BlockHeader.Type.PADDING,
            7 * BLOCK_SIZE,
            0,
            0,
            0x5152535455565758L,
            0x6162636465666a00L,
            WAL_ID,
            0x6162636465666400L);

    @Test
    void aSuperblockIsWrittenAsInVersion1() throws IOException {
        ByteBuffer buffer = dirty(Superblock.SIZE);
        SUPERBLOCK.writeTo(buffer);
        assertThat(hex(buffer)).isEqualTo(golden("superblock-v1.hex"));
        assertThat(buffer.hasRemaining()).isFalse();
    }

    @Test
    void aSuperblockOfVersion1IsRead() throws IOException {
        assertThat(Superblock.readFrom(bytes("superblock-v1.hex"), "a file")).isEqualTo(SUPERBLOCK);
    }

    @Test
    void aDataBlockWithARecordOfEachKindIsWrittenAsInVersion1() throws IOException {
        ByteBuffer block = dirty(DATA_BLOCK.length());
        int offset = BlockHeader.SIZE;
        for (RecordKind kind : RecordKind.values()) {
            RecordHeader record = record(kind);
            record.writeTo(block, offset);
            block.put(offset + RecordHeader.SIZE, payload(kind));
            offset += record.recordLength();
        }
        assertThat(offset).isEqualTo(BlockHeader.SIZE + RECORDS_LENGTH);
        block.put(offset, new byte[DATA_BLOCK.length() - offset]);
        DATA_BLOCK.writeTo(block, BLOCK_SIZE);
        assertThat(hex(block)).isEqualTo(golden("data-block-v1.hex"));
    }

    @Test
    void aDataBlockOfVersion1IsReadWithItsRecords() throws IOException {
        ByteBuffer block = bytes("data-block-v1.hex");
        BlockHeader header = BlockHeader.readFrom(block, BLOCK_SIZE, 1 << 20);
        header.verify(block, BLOCK_SIZE);
        assertThat(header).isEqualTo(DATA_BLOCK);
        int offset = BlockHeader.SIZE;
        for (RecordKind kind : RecordKind.values()) {
            RecordHeader record = RecordHeader.readFrom(block, offset, BlockHeader.SIZE + header.bodyLength());
            assertThat(record).isEqualTo(record(kind));
            byte[] payload = new byte[record.payloadLength()];
            block.get(offset + RecordHeader.SIZE, payload);
            assertThat(payload).isEqualTo(payload(kind));
            offset += record.recordLength();
        }
    }

    @Test
    void aPaddingBlockIsWrittenAsInVersion1() throws IOException {
        ByteBuffer block = dirty(BLOCK_SIZE);
        block.put(BlockHeader.SIZE, new byte[BLOCK_SIZE - BlockHeader.SIZE]);
        PADDING_BLOCK.writeTo(block, BLOCK_SIZE);
        assertThat(hex(block)).isEqualTo(golden("padding-block-v1.hex"));
    }

    @Test
    void aPaddingBlockOfVersion1IsReadFromItsFirstBlockSizeBytes() throws IOException {
        ByteBuffer block = bytes("padding-block-v1.hex");
        BlockHeader header = BlockHeader.readFrom(block, BLOCK_SIZE, 1 << 20);
        header.verify(block, BLOCK_SIZE);
        assertThat(header).isEqualTo(PADDING_BLOCK);
    }

    private static RecordHeader record(RecordKind kind) {
        int code = kind.code();
        boolean odd = code % 2 == 1;
        return new RecordHeader(
                kind,
                new LogId(TOPIC_ID, code + 1, 0xf1f2f3f4f5f6f700L + code),
                odd ? -1 : 0x01020304,
                0x1000 + code,
                0x2000 + code,
                odd ? -1 : 0x18d01020304L,
                3 * code);
    }

    private static byte[] payload(RecordKind kind) {
        byte[] payload = new byte[3 * kind.code()];
        Arrays.fill(payload, (byte) (0x70 + kind.code()));
        return payload;
    }

    /** Memory that was used before: whoever writes a structure leaves nothing of that. */
    private static ByteBuffer dirty(int size) {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0xcc);
        }
        return buffer.clear();
    }

    private static ByteBuffer bytes(String name) throws IOException {
        return ByteBuffer.wrap(HexFormat.of().parseHex(golden(name).replace("\n", "")));
    }

    private static String golden(String name) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(GoldenBytesTest.class.getResourceAsStream("/golden/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String hex(ByteBuffer buffer) {
        StringBuilder lines = new StringBuilder();
        byte[] line = new byte[32];
        for (int at = 0; at < buffer.capacity(); at += line.length) {
            buffer.get(at, line);
            lines.append(HexFormat.of().formatHex(line)).append('\n');
        }
        return lines.toString();
    }
}
