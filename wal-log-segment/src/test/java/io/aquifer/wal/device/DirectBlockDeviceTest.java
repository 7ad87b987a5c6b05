package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the device does about calls that are interrupted, fall short, fail or hang. */
class DirectBlockDeviceTest {

    private static final int BLOCK = 4096;
    private static final int SIZE = 16 * BLOCK;

    @TempDir(factory = OnDisk.class)
    Path directory;

    private final AlignedMemory memory = new AlignedMemory(new JnaNativeIo());
    private final AtomicInteger calls = new AtomicInteger();
    private Path file;

    @BeforeEach
    void createFile() throws IOException {
        file = Files.write(directory.resolve("wal"), new byte[SIZE]);
    }

    @AfterEach
    void freeMemory() throws IOException {
        memory.close();
    }

    @Test
    void anInterruptedWriteIsRetried() throws IOException {
        write(new ForwardingNativeIo() {
            @Override
            public long pwrite(int fd, long address, long length, long position) {
                return calls.getAndIncrement() < 3 ? -Errno.EINTR : super.pwrite(fd, address, length, position);
            }
        });
        assertThat(calls).hasValue(4);
        assertWritten();
    }

    @Test
    void aShortWriteIsContinuedWhereItStopped() throws IOException {
        write(new ForwardingNativeIo() {
            @Override
            public long pwrite(int fd, long address, long length, long position) {
                calls.getAndIncrement();
                return super.pwrite(fd, address, Math.min(length, BLOCK), position);
            }
        });
        assertThat(calls).hasValue(4);
        assertWritten();
    }

    @Test
    void aWriteThatStopsInsideABlockIsContinuedFromItsBeginning() throws IOException {
        write(new ForwardingNativeIo() {
            @Override
            public long pwrite(int fd, long address, long length, long position) {
                assertThat(position % BLOCK).isZero();
                long written = super.pwrite(fd, address, length, position);
                return calls.getAndIncrement() == 0 ? BLOCK + 512 : written;
            }
        });
        assertThat(calls).hasValue(2);
        assertWritten();
    }

    @Test
    void aWriteThatFailsPartWayIsAnErrorThatSaysWhatAndWhere() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long pwrite(int fd, long address, long length, long position) {
                return calls.getAndIncrement() == 0 ? super.pwrite(fd, address, BLOCK, position) : -Errno.EIO;
            }
        };
        try (BlockDevice device = open(io)) {
            ByteBuffer source = ones();
            assertThatThrownBy(() -> device.write(BLOCK, source))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Writing 16384 bytes at 4096 of " + file)
                    .hasMessageContaining("after 4096 bytes")
                    .hasMessageContaining("EIO");
            assertThat(source.position()).isZero();
        }
    }

    @Test
    void aWriteThatMakesNoProgressIsAnErrorAndNotALoop() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long pwrite(int fd, long address, long length, long position) {
                return calls.getAndIncrement();
            }
        };
        try (BlockDevice device = open(io)) {
            assertThatThrownBy(() -> device.write(0, ones())).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> device.write(0, ones())).isInstanceOf(IOException.class);
        }
    }

    @Test
    void anInterruptedOrShortReadIsContinued() throws IOException {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, 0, 4 * BLOCK, (byte) 1);
        Files.write(file, bytes);
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long pread(int fd, long address, long length, long position) {
                return calls.getAndIncrement() % 2 == 1
                        ? -Errno.EINTR
                        : super.pread(fd, address, Math.min(length, BLOCK), position);
            }
        };
        try (BlockDevice device = open(io)) {
            calls.set(0);
            ByteBuffer target = memory.allocate(4 * BLOCK);
            device.read(0, target);
            assertThat(target.flip()).isEqualTo(ones());
            assertThat(calls).hasValue(7);
        }
    }

    @Test
    void aReadBehindTheEndOfAFileThatWasCutIsAnError() throws IOException {
        try (BlockDevice device = open(new JnaNativeIo())) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(2 * BLOCK);
            }
            ByteBuffer target = memory.allocate(4 * BLOCK);
            assertThatThrownBy(() -> device.read(0, target))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Reading 16384 bytes at 0")
                    .hasMessageContaining("after 8192 bytes");
            assertThat(target.position()).isZero();
        }
    }

    @Test
    void anInterruptedSyncIsRetriedAndAFailedOneIsAnError() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int fdatasync(int fd) {
                return switch (calls.getAndIncrement()) {
                    case 0 -> -Errno.EINTR;
                    case 1 -> super.fdatasync(fd);
                    default -> -Errno.EIO;
                };
            }
        };
        try (BlockDevice device = open(io)) {
            device.sync();
            assertThat(calls).hasValue(2);
            assertThatThrownBy(device::sync)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("EIO");
        }
    }

    @Test
    void theDescriptorIsClosedWhenTheLastCallIsOverAndCloseDoesNotWait() throws IOException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger closed = new AtomicInteger();
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long pwrite(int fd, long address, long length, long position) {
                entered.countDown();
                await(released);
                return super.pwrite(fd, address, length, position);
            }

            @Override
            public int close(int fd) {
                closed.incrementAndGet();
                return super.close(fd);
            }
        };
        BlockDevice device = open(io);
        ByteBuffer source = ones();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                device.write(0, source);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        await(entered);

        device.close();
        assertThat(closed).hasValue(0);
        assertThatThrownBy(device::sync).isInstanceOf(IOException.class);
        released.countDown();
        writer.join();

        assertThat(closed).hasValue(1);
        device.close();
        assertThat(closed).hasValue(1);
        assertWritten();
    }

    @Test
    void aDeviceOpenedForReadingIsNotWrittenTo() throws IOException {
        try (BlockDevice device = new BlockDevices(new JnaNativeIo()).openForReading(file)) {
            assertThatThrownBy(() -> device.write(0, ones())).isInstanceOf(IllegalStateException.class);
            device.read(0, memory.allocate(BLOCK));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private DirectBlockDevice open(NativeIo io) throws IOException {
        return new BlockDevices(io).openForWriting(file, DurabilitySetting.SYNC);
    }

    private void write(NativeIo io) throws IOException {
        try (BlockDevice device = open(io)) {
            ByteBuffer source = ones();
            device.write(0, source);
            assertThat(source.hasRemaining()).isFalse();
        }
    }

    private ByteBuffer ones() throws IOException {
        byte[] ones = new byte[4 * BLOCK];
        Arrays.fill(ones, (byte) 1);
        return memory.allocate(ones.length).put(ones).flip();
    }

    private void assertWritten() throws IOException {
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, 0, 4 * BLOCK, (byte) 1);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }
}
