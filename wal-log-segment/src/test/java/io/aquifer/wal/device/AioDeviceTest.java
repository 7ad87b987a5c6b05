package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the device does about asynchronous writes that are refused, interrupted, fall short, fail or hang. */
class AioDeviceTest {

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

    /** Keeps book of what goes to the kernel once the device is open. */
    private static class Recorder extends ForwardingNativeIo {
        final List<String> log = Collections.synchronizedList(new ArrayList<>());

        @Override
        public long aioSetup(int requests) {
            log.add("setup");
            return super.aioSetup(requests);
        }

        @Override
        public int aioSubmit(long context, long request) {
            log.add("submit");
            return super.aioSubmit(context, request);
        }

        @Override
        public int aioDestroy(long context) {
            log.add("destroy");
            return super.aioDestroy(context);
        }

        @Override
        public long pwrite(int fd, long address, long length, long position) {
            log.add("pwrite");
            return super.pwrite(fd, address, length, position);
        }

        @Override
        public int close(int fd) {
            log.add("close");
            return super.close(fd);
        }
    }

    private static ByteBuffer at(NativeIo io, long address) {
        return io.view(address, Long.BYTES).order(ByteOrder.nativeOrder());
    }

    /** The length in the {@code struct iocb} to which {@code request} points. */
    private static ByteBuffer lengthOf(NativeIo io, long request) {
        return at(io, at(io, request).getLong(0) + 32);
    }

    @Test
    void a_context_is_used_again_and_goes_before_the_descriptor() throws IOException {
        Recorder io = new Recorder();
        try (DirectBlockDevice device = open(io)) {
            assertThat(device.durability()).isEqualTo(Durability.AIO);
            io.log.clear();
            device.write(0, ones());
            device.write(0, ones());
        }
        assertThat(io.log).containsExactly("setup", "submit", "submit", "destroy", "close");
        assertWritten();
    }

    @Test
    void an_interrupted_wait_goes_on_until_the_kernel_is_done() throws IOException {
        write(new ForwardingNativeIo() {
            @Override
            public int aioAwait(long context, long event) {
                return calls.getAndIncrement() % 4 < 3 ? -Errno.EINTR : super.aioAwait(context, event);
            }
        });
        assertThat(calls).hasValue(8);
        assertWritten();
    }

    @Test
    void an_interrupted_thread_writes_all_the_same_and_stays_interrupted() throws IOException {
        Thread.currentThread().interrupt();
        write(new JnaNativeIo());
        assertThat(Thread.interrupted()).isTrue();
        assertWritten();
    }

    @Test
    void a_short_write_is_continued_where_it_stopped() throws IOException {
        Recorder io = new Recorder() {
            @Override
            public int aioSubmit(long context, long request) {
                lengthOf(this, request).putLong(0, BLOCK);
                return super.aioSubmit(context, request);
            }
        };
        write(io);
        assertThat(io.log).filteredOn("submit"::equals).hasSize(1 + 4);
        assertWritten();
    }

    @Test
    void a_write_that_fails_part_way_is_an_error_that_says_what_and_where() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int aioSubmit(long context, long request) {
                lengthOf(this, request).putLong(0, BLOCK);
                return super.aioSubmit(context, request);
            }

            @Override
            public int aioAwait(long context, long event) {
                int events = super.aioAwait(context, event);
                if (calls.getAndIncrement() == 2) {
                    at(this, event + 16).putLong(0, -Errno.EIO);
                }
                return events;
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
    void a_request_that_the_kernel_does_not_take_is_written_durably_by_other_means() throws IOException {
        AtomicInteger flags = new AtomicInteger();
        Recorder io = new Recorder() {
            @Override
            public int open(String path, int wanted, int mode) {
                flags.set(wanted);
                return super.open(path, wanted, mode);
            }

            @Override
            public int aioSubmit(long context, long request) {
                return calls.getAndIncrement() == 1 ? -Errno.EAGAIN : super.aioSubmit(context, request);
            }
        };
        try (DirectBlockDevice device = open(io)) {
            io.log.clear();
            device.write(0, ones());
            device.write(0, ones());
            assertThat(io.log).containsExactly("setup", "pwrite", "submit");
            assertThat(flags.get() & NativeIo.O_DSYNC).isNotZero();
            assertThat(device.writesAreDurable()).isTrue();
        }
        assertWritten();
    }

    @Test
    void without_a_context_to_spare_writes_go_on() throws IOException {
        Recorder io = new Recorder() {
            @Override
            public long aioSetup(int requests) {
                return calls.getAndIncrement() == 0 ? super.aioSetup(requests) : -Errno.EAGAIN;
            }
        };
        try (DirectBlockDevice device = open(io)) {
            io.log.clear();
            device.write(0, ones());
        }
        assertThat(io.log).containsExactly("pwrite", "close");
        assertWritten();
    }

    @Test
    void where_the_system_refuses_contexts_every_write_is_followed_by_a_sync() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public long aioSetup(int requests) {
                return -38;
            }
        };
        assertSyncs(io);
    }

    @Test
    void where_the_system_refuses_requests_every_write_is_followed_by_a_sync() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int aioSubmit(long context, long request) {
                return -Errno.EPERM;
            }
        };
        assertSyncs(io);
    }

    @Test
    void where_the_device_answers_no_request_every_write_is_followed_by_a_sync() throws IOException {
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int aioAwait(long context, long event) {
                int events = super.aioAwait(context, event);
                at(this, event + 16).putLong(0, -Errno.EINVAL);
                return events;
            }
        };
        assertSyncs(io);
    }

    private void assertSyncs(NativeIo io) throws IOException {
        try (DirectBlockDevice device = open(io)) {
            assertThat(device.durability()).isEqualTo(Durability.SYNC);
            assertThat(device.writesAreDurable()).isFalse();
            device.write(0, ones());
            device.sync();
        }
        assertWritten();
    }

    @Test
    void a_wait_that_breaks_ends_only_once_the_kernel_is_done_with_the_memory() throws IOException {
        Recorder io = new Recorder() {
            @Override
            public int aioAwait(long context, long event) {
                return calls.getAndIncrement() == 1 ? -Errno.EINVAL : super.aioAwait(context, event);
            }
        };
        try (BlockDevice device = open(io)) {
            io.log.clear();
            assertThatThrownBy(() -> device.write(0, ones()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("EINVAL");
            assertThat(io.log).containsExactly("setup", "submit", "destroy");
            device.write(0, ones());
        }
        assertThat(io.log).containsExactly("setup", "submit", "destroy", "setup", "submit", "destroy", "close");
        assertWritten();
    }

    @Test
    void context_and_descriptor_outlive_a_write_that_hangs_and_close_does_not_wait_for_it() throws IOException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Recorder io = new Recorder() {
            @Override
            public int aioAwait(long context, long event) {
                if (calls.getAndIncrement() == 1) {
                    entered.countDown();
                    await(released);
                }
                return super.aioAwait(context, event);
            }
        };
        BlockDevice device = open(io);
        io.log.clear();
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
        assertThat(io.log).containsExactly("setup", "submit");
        assertThatThrownBy(() -> device.write(0, ones())).isInstanceOf(IOException.class);
        released.countDown();
        writer.join();

        assertThat(io.log).containsExactly("setup", "submit", "destroy", "close");
        assertWritten();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private DirectBlockDevice open(NativeIo io) throws IOException {
        return new BlockDevices(io).openForWriting(file, DurabilitySetting.AIO);
    }

    private void write(NativeIo io) throws IOException {
        try (DirectBlockDevice device = open(io)) {
            assertThat(device.durability()).isEqualTo(Durability.AIO);
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
