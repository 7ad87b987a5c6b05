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
class RecordHeaderTest {

    private static final int AT = 64;
    private static final int END = 512;

    @Test
    void aRecordTakesItsHeaderAndItsPayloadRoundedUpToEightBytes() {
        assertThat(RecordHeader.recordLength(0)).isEqualTo(72);
        assertThat(RecordHeader.recordLength(1)).isEqualTo(80);
        assertThat(RecordHeader.recordLength(8)).isEqualTo(80);
        assertThat(RecordHeader.recordLength(9)).isEqualTo(88);
    }

    @Test
    void aVoidedRecordKeepsItsLengthSoThatTheNextIsFound() throws CorruptWalException {
        ByteBuffer block = written(data(100));
        RecordHeader.voidAt(block, AT);
        RecordHeader read = RecordHeader.readFrom(block, AT, END);
        assertThat(read.kind()).isEqualTo(RecordKind.VOID);
        assertThat(read.recordLength()).isEqualTo(RecordHeader.recordLength(100));
    }

    @Test
    void aRecordThatDoesNotLieWithinItsBlockIsRefused() {
        corrupt(written(data(100)), AT + RecordHeader.SIZE - 1);
        corrupt(written(data(100)), AT + RecordHeader.recordLength(100) - 1);
        corrupt(written(data(100)).putInt(AT, 80), END);
        corrupt(written(data(100)).putInt(AT + 64, -1), END);
        corrupt(written(data(100)).putInt(AT + 64, Integer.MAX_VALUE), END);
        corrupt(written(data(100)).putInt(AT + 64, END), END);
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> RecordHeader.readFrom(written(data(100)).put(AT + 4, (byte) 7), AT, END))
                .isInstanceOf(CorruptWalException.class)
                .hasMessageContaining("kind 7");
        corrupt(written(data(100)).put(AT + 4, (byte) -1), END);
    }

    @Test
    void whateverTheFieldsSayIsReadWithinBoundsOrRefusedByName(Seeds seeds) {
        seeds.forEach(50_000, random -> {
            ByteBuffer block = written(data(random.nextInt(300)));
            int field = random.nextInt(3) == 0 ? 4 : random.nextBoolean() ? 0 : 64;
            block.putInt(AT + field, random.nextBoolean() ? random.nextInt() : random.nextInt(-20, 600));
            try {
                RecordHeader read = RecordHeader.readFrom(block, AT, END);
                assertThat(read.payloadLength()).isBetween(0, END - AT - RecordHeader.SIZE);
                assertThat(read.recordLength()).isBetween(RecordHeader.SIZE, END - AT);
            } catch (CorruptWalException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        });
    }

    private static void corrupt(ByteBuffer block, int end) {
        assertThatThrownBy(() -> RecordHeader.readFrom(block, AT, end)).isInstanceOf(CorruptWalException.class);
    }

    private static RecordHeader data(int payloadLength) {
        return new RecordHeader(RecordKind.DATA, new LogId(new UUID(1, 2), 3, 4), 5, 6, 7, 8, payloadLength);
    }

    private static ByteBuffer written(RecordHeader header) {
        ByteBuffer block = ByteBuffer.allocate(END);
        header.writeTo(block, AT);
        return block;
    }
}
