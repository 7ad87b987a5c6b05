package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link BlockDevice} keeps to, the simulated one included. */
public abstract class BlockDeviceContractTest {

    private static final int SLAB = 1 << 20;

    private final AlignedMemory memory = new AlignedMemory(new JnaNativeIo());
    private BlockDevice device;

    /** A device of at least 4 MiB, open for writing. Closed after each test. */
    protected abstract BlockDevice open() throws IOException;

    @BeforeEach
    void openDevice() throws IOException {
        device = open();
    }

    @AfterEach
    void closeDevice() throws IOException {
        if (device != null) {
            device.close();
        }
        memory.close();
    }

    @Test
    void sizeIsWholeBlocksAndBlocksAreAPowerOfTwo() {
        assertThat(device.size()).isGreaterThanOrEqualTo(4 << 20);
        assertThat(Integer.bitCount(device.blockSize())).isEqualTo(1);
        assertThat(device.size() % device.blockSize()).isZero();
        assertThat(device.path()).isNotBlank();
    }

    @Test
    void whatWasWrittenIsReadBackAndItsNeighboursAreUntouched() throws IOException {
        int block = device.blockSize();
        device.write(0, filled(4 * block, 1));
        device.write(block, filled(2 * block, 2));

        ByteBuffer read = memory.allocate(4 * block);
        device.read(0, read);

        assertThat(read.flip())
                .isEqualTo(memory.allocate(4 * block)
                        .put(filled(block, 1))
                        .put(filled(2 * block, 2))
                        .put(filled(block, 1))
                        .flip());
    }

    @Test
    void aLargeWriteIsReadBackWhole() throws IOException {
        ByteBuffer bytes = random(SLAB);
        device.write(device.size() - SLAB, bytes.duplicate());

        ByteBuffer read = memory.allocate(SLAB);
        device.read(device.size() - SLAB, read);

        assertThat(read.flip()).isEqualTo(bytes);
    }

    @Test
    void onlyWhatRemainsIsTransferredAndItIsUsedUp() throws IOException {
        int block = device.blockSize();
        int offset = AlignedMemory.ALIGNMENT;
        device.write(0, filled(2 * block, 9));
        ByteBuffer source = memory.allocate(offset + 2 * block);
        source.position(offset).put(filled(block, 3)).position(offset).limit(offset + block);

        device.write(block, source);
        assertThat(source.position()).isEqualTo(source.limit()).isEqualTo(offset + block);

        ByteBuffer target = memory.allocate(offset + 3 * block);
        target.position(offset).limit(offset + 2 * block);
        device.read(0, target);
        assertThat(target.position()).isEqualTo(target.limit());
        target.clear();
        assertThat(target.slice(offset, block)).isEqualTo(filled(block, 9));
        assertThat(target.slice(offset + block, block)).isEqualTo(filled(block, 3));
        assertThat(target.slice(offset + 2 * block, block)).isEqualTo(filled(block, 0));
    }

    @Test
    void aSliceIsWrittenFromItsOwnFirstByte() throws IOException {
        int block = device.blockSize();
        ByteBuffer slab = memory.allocate(AlignedMemory.ALIGNMENT + block);
        slab.slice(AlignedMemory.ALIGNMENT, block).put(filled(block, 4));

        device.write(0, slab.slice(AlignedMemory.ALIGNMENT, block).asReadOnlyBuffer());

        ByteBuffer read = memory.allocate(block);
        device.read(0, read);
        assertThat(read.flip()).isEqualTo(filled(block, 4));
    }

    @Test
    void rangesThatAreNotWholeBlocksOrNotInsideAreRefused() throws IOException {
        int block = device.blockSize();
        ByteBuffer one = memory.allocate(block);
        ByteBuffer two = memory.allocate(2 * block);
        refused(1, one);
        refused(-block, one);
        refused(device.size(), one);
        refused(device.size() - block, two);
        refused(Long.MAX_VALUE / block * block, one);
        refused(0, memory.allocate(block).limit(block - 1));
    }

    @Test
    void buffersOnTheHeapOrAtUnalignedAddressesAreRefused() throws IOException {
        int block = device.blockSize();
        refused(0, ByteBuffer.allocate(block));
        refused(0, memory.allocate(2 * block).position(8).limit(8 + block));
    }

    @Test
    void aReadOnlyBufferIsNotReadInto() throws IOException {
        ByteBuffer target = memory.allocate(device.blockSize()).asReadOnlyBuffer();
        assertThatThrownBy(() -> device.read(0, target)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void syncSucceedsWithAndWithoutWritesBeforeIt() throws IOException {
        device.sync();
        device.write(0, filled(device.blockSize(), 5));
        device.sync();
        device.sync();
    }

    @Test
    void aClosedDeviceAnswersWithAnException() throws IOException {
        ByteBuffer block = memory.allocate(device.blockSize());
        device.close();
        device.close();
        assertThatThrownBy(() -> device.write(0, block)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> device.read(0, block)).isInstanceOf(IOException.class);
    }

    @Test
    void threadsWriteDisjointRangesAtOnce() throws Exception {
        int threads = 4;
        int each = SLAB / threads;
        ByteBuffer bytes = random(SLAB);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int from = thread * each;
                writers.add(executor.submit(() -> {
                    for (int at = from; at < from + each; at += AlignedMemory.ALIGNMENT) {
                        device.write(at, bytes.slice(at, AlignedMemory.ALIGNMENT));
                        device.sync();
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            executor.shutdownNow();
        }

        ByteBuffer read = memory.allocate(SLAB);
        device.read(0, read);
        assertThat(read.flip()).isEqualTo(bytes);
    }

    private void refused(long position, ByteBuffer buffer) {
        assertThatThrownBy(() -> device.write(position, buffer.duplicate()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> device.read(position, buffer.duplicate()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private ByteBuffer filled(int length, int value) throws IOException {
        ByteBuffer buffer = memory.allocate(length);
        while (buffer.hasRemaining()) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private ByteBuffer random(int length) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return memory.allocate(length).put(bytes).flip();
    }
}
