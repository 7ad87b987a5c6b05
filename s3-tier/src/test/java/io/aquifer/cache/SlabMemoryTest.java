package io.aquifer.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.cache.SlabMemory.Piece;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlabMemoryTest {

    private static final int SLAB = 64 << 10;

    private final SlabMemory memory = new SlabMemory(SLAB, 2, ByteBuffer::allocateDirect);

    @Test
    void noMoreThanTheSlabsAllowedAreGiven() {
        Piece first = memory.take(SLAB);
        Piece second = memory.take(SLAB - 1);

        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        assertThat(memory.take(1)).isNull();
        assertThat(memory.usedBytes()).isEqualTo(2 * SLAB);
    }

    @Test
    void memoryIsOutsideTheHeapAndUsedOverAndOver() {
        for (int i = 0; i < 10; i++) {
            Piece piece = memory.take(SLAB);
            assertThat(piece.buffer(SLAB).isDirect()).isTrue();
            memory.giveBack(piece);
        }

        assertThat(memory.allocatedBytes()).isEqualTo(SLAB);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void aShortChunkTakesTheSmallestPieceThatHoldsIt() {
        assertThat(memory.take(1).bytes()).isEqualTo(4 << 10);
        assertThat(memory.take(4 << 10).bytes()).isEqualTo(4 << 10);
        assertThat(memory.take((4 << 10) + 1).bytes()).isEqualTo(8 << 10);
        assertThat(memory.take(SLAB / 2).bytes()).isEqualTo(SLAB / 2);
        assertThat(memory.allocatedBytes()).isEqualTo(SLAB);
    }

    @Test
    void piecesOfASlabDoNotOverlap() {
        List<Piece> pieces = new ArrayList<>();
        for (Piece piece = memory.take(4 << 10); piece != null; piece = memory.take(4 << 10)) {
            pieces.add(piece);
        }
        assertThat(pieces).hasSize(2 * SLAB / (4 << 10));
        for (int i = 0; i < pieces.size(); i++) {
            for (int at = 0; at < 4 << 10; at++) {
                pieces.get(i).buffer(4 << 10).put(at, (byte) i);
            }
        }
        for (int i = 0; i < pieces.size(); i++) {
            assertThat(pieces.get(i).buffer(4 << 10).get(0)).isEqualTo((byte) i);
            assertThat(pieces.get(i).buffer(4 << 10).get(4095)).isEqualTo((byte) i);
        }
    }

    @Test
    void halvesThatAreFreeBecomeAWholeSlabAgainInWhateverOrderTheyAreGivenBack() {
        List<Piece> pieces = new ArrayList<>();
        for (Piece piece = memory.take(4 << 10); piece != null; piece = memory.take(4 << 10)) {
            pieces.add(piece);
        }
        for (int i = 0; i < pieces.size(); i += 2) {
            memory.giveBack(pieces.get(i));
        }
        assertThat(memory.take(8 << 10)).isNull();
        for (int i = 1; i < pieces.size(); i += 2) {
            memory.giveBack(pieces.get(i));
        }

        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.take(SLAB)).isNotNull();
        assertThat(memory.take(SLAB)).isNotNull();
        assertThat(memory.allocatedBytes()).isEqualTo(2 * SLAB);
    }

    @Test
    void aPieceCannotBeGivenBackTwice() {
        Piece piece = memory.take(SLAB);
        memory.giveBack(piece);

        assertThatThrownBy(() -> memory.giveBack(piece)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aJvmWithoutMemoryMakesTheBoundLowerAndNoErrorEscapes() {
        AtomicInteger asked = new AtomicInteger();
        SlabMemory limited = new SlabMemory(SLAB, 5, bytes -> {
            if (asked.incrementAndGet() > 2) {
                throw new OutOfMemoryError("no direct memory left");
            }
            return ByteBuffer.allocateDirect(bytes);
        });
        Piece first = limited.take(SLAB);
        assertThat(limited.take(SLAB)).isNotNull();
        assertThat(limited.take(SLAB)).isNull();
        assertThat(limited.take(SLAB)).isNull();
        limited.giveBack(first);

        assertThat(limited.take(SLAB)).isSameAs(first);
        assertThat(limited.allocatedBytes()).isEqualTo(2 * SLAB);
        assertThat(asked).as("attempts, each of which is slow when it fails").hasValue(3);
    }
}
