package io.aquifer.wal.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.SeedExtension;
import io.aquifer.sim.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class MemoryRingTest {

    private static final int UNIT = 16;
    private static final int CAPACITY = 32 * UNIT;

    private final ByteBuffer memory = ByteBuffer.allocate(CAPACITY);
    private final MemoryRing ring = new MemoryRing(memory, UNIT);

    @Test
    void anExtentIsAsLongAsThereIsRoomUpToItsMost() {
        assertThat(length(ring.allocate(UNIT, 20 * UNIT))).isEqualTo(20 * UNIT);
        assertThat(length(ring.allocate(UNIT, 20 * UNIT))).isEqualTo(12 * UNIT);
        assertThat(ring.allocate(UNIT, UNIT)).isNull();
    }

    @Test
    void anExtentNeverCrossesTheEnd() {
        MemoryRing.Extent first = allocate(20);
        allocate(8);
        assertThat(ring.free(first)).isEqualTo(20 * UNIT);
        MemoryRing.Extent wrapped = allocate(6);
        ring.slice(wrapped).put(0, (byte) 1);
        assertThat(memory.get(0)).isEqualTo((byte) 1);
        assertThat(ring.allocate(15 * UNIT, 15 * UNIT)).isNull();
        allocate(14);
    }

    @Test
    void memoryIsUsedAgainOnlyOnceAllThatIsOlderIsFree() {
        MemoryRing.Extent oldest = allocate(10);
        MemoryRing.Extent middle = allocate(10);
        allocate(12);
        assertThat(ring.free(middle)).isZero();
        assertThat(ring.allocate(UNIT, UNIT)).isNull();
        assertThat(ring.free(oldest)).isEqualTo(20 * UNIT);
        allocate(20);
    }

    @Test
    void theUnusedEndOfTheNewestIsGivenBack() {
        MemoryRing.Extent newest = allocate(32);
        ring.shrink(newest, 3 * UNIT);
        assertThat(length(newest)).isEqualTo(3 * UNIT);
        allocate(29);
        assertThatThrownBy(() -> ring.shrink(newest, UNIT)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anExtentIsNotShrunkToWhatItIsNot() {
        MemoryRing.Extent newest = allocate(4);
        for (int length : new int[] {0, -UNIT, UNIT + 1, 5 * UNIT}) {
            assertThatThrownBy(() -> ring.shrink(newest, length)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aDiscardedExtentLeavesTheRingAsItWas() {
        MemoryRing.Extent first = allocate(20);
        MemoryRing.Extent second = allocate(8);
        ring.free(first);
        ring.discard(allocate(10));
        assertThat(length(ring.allocate(UNIT, CAPACITY)))
                .as("in front of the end again")
                .isEqualTo(4 * UNIT);
        assertThatThrownBy(() -> ring.discard(second)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void freeingTwiceIsAnError() {
        MemoryRing.Extent extent = allocate(1);
        allocate(1);
        ring.free(extent);
        assertThatThrownBy(() -> ring.free(extent)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsAllocatedNeverOverlapsAndAllOfItIsGivenBack(Seeds seeds) {
        seeds.forEach(300, random -> {
            MemoryRing tried = new MemoryRing(ByteBuffer.allocate(CAPACITY), UNIT);
            List<Owned> owned = new ArrayList<>();
            int used = 0;
            for (int step = 0; step < 200; step++) {
                int min = random.nextInt(1, 9) * UNIT;
                MemoryRing.Extent extent =
                        random.nextBoolean() ? tried.allocate(min, min + random.nextInt(3) * UNIT) : null;
                if (extent != null) {
                    if (random.nextInt(5) == 0) {
                        tried.discard(extent);
                        continue;
                    }
                    tried.shrink(extent, min);
                    used += min;
                    owned.add(new Owned(extent, tried.slice(extent), (byte) step));
                } else if (!owned.isEmpty()) {
                    Owned freed = owned.remove(random.nextInt(owned.size()));
                    freed.check();
                    used -= tried.free(freed.extent);
                }
            }
            for (Owned rest : owned) {
                rest.check();
                used -= tried.free(rest.extent);
            }
            assertThat(used).isZero();
        });
    }

    /** An extent filled with one value, which must still be there when it is freed. */
    private static final class Owned {
        private final MemoryRing.Extent extent;
        private final ByteBuffer slice;
        private final byte value;

        Owned(MemoryRing.Extent extent, ByteBuffer slice, byte value) {
            this.extent = extent;
            this.slice = slice;
            this.value = value;
            for (int i = 0; i < slice.capacity(); i++) {
                slice.put(i, value);
            }
        }

        void check() {
            for (int i = 0; i < slice.capacity(); i++) {
                assertThat(slice.get(i)).isEqualTo(value);
            }
        }
    }

    private MemoryRing.Extent allocate(int units) {
        return Objects.requireNonNull(ring.allocate(units * UNIT, units * UNIT));
    }

    private int length(MemoryRing.Extent extent) {
        return ring.slice(extent).capacity();
    }
}
