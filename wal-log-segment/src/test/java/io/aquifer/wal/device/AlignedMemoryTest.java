package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Slabs are aligned, zero, counted, and given back once. */
class AlignedMemoryTest {

    @Test
    void slabsAreAlignedZeroAndOfTheSizeAskedFor() throws IOException {
        try (AlignedMemory memory = new AlignedMemory(new JnaNativeIo())) {
            for (int size : new int[] {1, 4096, 4097, 1 << 20}) {
                ByteBuffer slab = memory.allocate(size);
                assertThat(slab.alignmentOffset(0, AlignedMemory.ALIGNMENT)).isZero();
                assertThat(slab).isEqualTo(ByteBuffer.allocate(size));
            }
        }
    }

    @Test
    void whatIsAllocatedIsCountedInWholePagesUntilItIsClosed() throws IOException {
        AlignedMemory memory = new AlignedMemory(new JnaNativeIo());
        memory.allocate(1);
        memory.allocate(8192);
        assertThat(memory.allocatedBytes()).isEqualTo(3 * 4096);
        memory.close();
        assertThat(memory.allocatedBytes()).isZero();
    }

    @Test
    void itIsNoDirectMemoryOfTheVirtualMachine() throws IOException {
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        long before = direct.getMemoryUsed();
        try (AlignedMemory memory = new AlignedMemory(new JnaNativeIo())) {
            memory.allocate(64 << 20);
            assertThat(direct.getMemoryUsed()).isLessThan(before + (64 << 20));
        }
    }

    @Test
    void everySlabIsGivenBackExactlyOnce() throws IOException {
        AtomicLong outstanding = new AtomicLong();
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long map(long length) {
                outstanding.addAndGet(length);
                return super.map(length);
            }

            @Override
            public int unmap(long address, long length) {
                outstanding.addAndGet(-length);
                return super.unmap(address, length);
            }
        };
        AlignedMemory memory = new AlignedMemory(io);
        memory.allocate(4096);
        memory.allocate(10000);
        assertThat(outstanding).hasValue(4 * 4096);
        memory.close();
        memory.close();
        assertThat(outstanding).hasValue(0);
    }

    @Test
    void aSystemWithoutMemoryIsAnErrorThatSaysWhatToDo() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long map(long length) {
                return length > 4096 ? -Errno.ENOMEM : super.map(length);
            }
        };
        try (AlignedMemory memory = new AlignedMemory(io)) {
            memory.allocate(4096);
            assertThatThrownBy(() -> memory.allocate(8192))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("refused 8192 bytes")
                    .hasMessageContaining("ENOMEM")
                    .hasMessageContaining("Lower");
            assertThat(memory.allocatedBytes()).isEqualTo(4096);
        }
    }

    @Test
    void aSlabOfNothingIsRefused() throws IOException {
        try (AlignedMemory memory = new AlignedMemory(new JnaNativeIo())) {
            assertThatThrownBy(() -> memory.allocate(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> memory.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
