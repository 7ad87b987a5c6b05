package io.aquifer.bench;

import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** A bare loop of O_DSYNC writes, one thread for each write under way: stands in where there is no fio. */
final class LoopWriter implements DeviceWriter {

    @Override
    public String name() {
        return "bare loop of O_DSYNC writes (no fio installed)";
    }

    @Override
    public DeviceFigures write(Path path, int blockBytes, int depth, Duration time)
            throws IOException, InterruptedException {
        Histogram nanos = new ConcurrentHistogram(3);
        AtomicLong next = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(depth);
        try (BlockDevice device = new BlockDevices(new JnaNativeIo()).openForWriting(path, DurabilitySetting.DSYNC);
                AlignedMemory memory = AlignedMemory.system()) {
            long blocks = device.size() / blockBytes;
            long begin = System.nanoTime();
            long end = begin + time.toNanos();
            List<Callable<Void>> loops = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                ByteBuffer buffer = memory.allocate(blockBytes);
                loops.add(() -> {
                    while (System.nanoTime() < end) {
                        long position = next.getAndIncrement() % blocks * blockBytes;
                        long start = System.nanoTime();
                        device.write(position, buffer.duplicate());
                        nanos.recordValue(System.nanoTime() - start);
                    }
                    return null;
                });
            }
            for (Future<Void> loop : threads.invokeAll(loops)) {
                loop.get();
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new DeviceFigures(
                    (double) next.get() * blockBytes / seconds, nanos.getValueAtPercentile(50) / 1_000.0);
        } catch (ExecutionException e) {
            throw new IOException("Writing " + path + " failed", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
