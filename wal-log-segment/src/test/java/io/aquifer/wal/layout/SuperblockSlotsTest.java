package io.aquifer.wal.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.Faults;
import io.aquifer.sim.SeedExtension;
import io.aquifer.sim.Seeds;
import io.aquifer.sim.SimulatedBlockDevice;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class SuperblockSlotsTest {

    private static final int SIZE = (int) Superblock.RING_OFFSET + 8 * 4096;
    private static final Superblock FIRST =
            new Superblock(0, new UUID(1, 2), 0, 4096, 4, SIZE, 0, 0, true, "cluster", List.of());
    private static final Superblock SECOND = FIRST.trimmed(4096, false);
    private static final Superblock THIRD = SECOND.trimmed(8192, false);

    private final SimulatedBlockDevice device = newDevice(1);
    private final SuperblockSlots slots = slots(device);

    @Test
    void theHigherSequenceIsTheCurrentOneWhicheverSlotItIsIn() throws IOException {
        slots.write(FIRST);
        assertThat(slots.read()).isEqualTo(FIRST);
        slots.write(SECOND);
        assertThat(slots.read()).isEqualTo(SECOND);
        slots.write(THIRD);
        assertThat(slots.read()).isEqualTo(THIRD);
    }

    @Test
    void aDamagedSlotLeavesTheOtherOneCurrent() throws IOException {
        slots.write(FIRST);
        slots.write(SECOND);
        device.flip(Superblock.SIZE + 70, 3);
        assertThat(slots.read()).isEqualTo(FIRST);
    }

    @Test
    void anEmptyDeviceIsNotAWal() {
        assertThatThrownBy(slots::read).isInstanceOf(NotAWalException.class).hasMessageContaining("simulated device");
    }

    @Test
    void theCauseIsThatOfTheSlotThatCameClosest() throws IOException {
        slots.write(SECOND);
        device.flip(Superblock.SIZE + 70, 3);
        assertThatThrownBy(slots::read).isInstanceOf(CorruptWalException.class).hasMessageContaining("slot 1");
    }

    @Test
    void aNewerVersionInOneSlotIsRefusedThoughTheOtherOneCanBeRead() throws IOException {
        slots.write(FIRST);
        writeNewerVersion(Superblock.SIZE);
        assertThatThrownBy(slots::read).isInstanceOf(UnsupportedWalVersionException.class);
        slots.write(SECOND);
        writeNewerVersion(0);
        assertThatThrownBy(slots::read).isInstanceOf(UnsupportedWalVersionException.class);
    }

    private void writeNewerVersion(long position) throws IOException {
        ByteBuffer buffer = aligned();
        SECOND.writeTo(buffer);
        buffer.putShort(8, (short) 2);
        buffer.putInt(12, Checksum.compute(buffer.flip(), Superblock.SIZE, 12));
        device.write(position, buffer);
        device.sync();
    }

    @Test
    void whatWasWrittenIsDurableAndACrashWhileWritingLeavesTheOldOrTheNew(Seeds seeds) {
        seeds.forEach(500, random -> {
            SimulatedBlockDevice crashing = newDevice(random.nextLong());
            slots(crashing).write(FIRST);
            slots(crashing).write(SECOND);
            ByteBuffer buffer = aligned();
            THIRD.writeTo(buffer);
            crashing.submit(0, buffer.flip());
            assertThat(slots(crashing.crash(random, 0.2)).read()).isIn(SECOND, THIRD);
        });
    }

    @Test
    void anErasureThatIsCutOffLeavesTheCurrentOneOrNone(Seeds seeds) {
        seeds.forEach(500, random -> {
            SimulatedBlockDevice crashing = newDevice(random.nextLong());
            slots(crashing).write(FIRST);
            slots(crashing).write(SECOND);
            slots(crashing).write(THIRD);
            int writes = random.nextInt(3);
            crashing.inject(new CutOff(writes));
            try {
                slots(crashing).erase();
                assertThat(writes).isEqualTo(2);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("injected");
            }
            SuperblockSlots after = slots(crashing.crash(random));
            try {
                assertThat(after.read()).isEqualTo(THIRD);
            } catch (WalFormatException e) {
                assertThat(writes).isPositive();
            }
        });
    }

    /** Lets so many writes succeed. */
    private static final class CutOff implements Faults {
        private int left;

        CutOff(int writes) {
            this.left = writes;
        }

        @Override
        public Fate write(long position, int length) {
            return left-- > 0 ? Fate.SUCCEED : Fate.FAIL;
        }
    }

    private static SimulatedBlockDevice newDevice(long seed) {
        return new SimulatedBlockDevice(SIZE, 4096, Durability.SYNC, Seeds.random(seed));
    }

    private static SuperblockSlots slots(BlockDevice device) {
        return new SuperblockSlots(device, aligned());
    }

    private static ByteBuffer aligned() {
        return ByteBuffer.allocateDirect(2 * Superblock.SIZE)
                .alignedSlice(Superblock.SIZE)
                .slice(0, Superblock.SIZE);
    }
}
