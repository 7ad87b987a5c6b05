package io.aquifer.bench;

import io.aquifer.wal.DirectoryIds;
import io.aquifer.wal.Wal;
import io.aquifer.wal.WalFormatter;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.append.Claim;
import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.DurableListener;
import io.aquifer.wal.append.Reservation;
import io.aquifer.wal.append.WalObserver;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The WAL engine as a broker uses it: records are claimed, filled and committed by one thread, grouped into blocks, and
 * the ring is trimmed behind them.
 *
 * <p>With a depth of 1 each record is waited for before the next is appended; above that the device is kept as busy as
 * the number of writes in flight allows, with records of which four fill a block. Bytes count as written when they are
 * the records' own: headers, padding and superblocks don't.
 */
final class EngineWriter implements DeviceWriter {

    private static final WalOwner OWNER = new WalOwner("benchmark", 1);
    private static final int RECORDS_PER_BLOCK = 4;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    @Override
    public String name() {
        return "WAL engine";
    }

    @Override
    public DeviceFigures write(Path path, int blockBytes, int depth, Duration time)
            throws IOException, InterruptedException {
        BlockDevices devices = new BlockDevices(new JnaNativeIo());
        try (BlockDevice device = devices.openForWriting(path, DurabilitySetting.AUTO);
                AlignedMemory memory = AlignedMemory.system()) {
            WalFormatter.format(device, memory, OWNER);
        }
        int memoryBytes = Math.max(4 << 20, 16 * blockBytes);
        WalSettings settings = new WalSettings(memoryBytes, blockBytes, depth, Duration.ofSeconds(30));
        BlockDevice device = devices.openForWriting(path, DurabilitySetting.AUTO);
        try (Wal wal = Wal.open(
                device,
                AlignedMemory.system(),
                OWNER,
                DirectoryIds.of(List.of()),
                settings,
                WalObserver.NONE,
                Custodian.NONE)) {
            return depth == 1
                    ? oneByOne(wal.log(), blockBytes, time)
                    : keepBusy(wal.log(), quarterOf(blockBytes), time);
        }
    }

    /** Payload of a record, four of which fill a block. */
    private static int quarterOf(int blockBytes) {
        return (blockBytes - BlockHeader.SIZE) / RECORDS_PER_BLOCK - RecordHeader.SIZE;
    }

    private static DeviceFigures oneByOne(WriteAheadLog log, int bytes, Duration time)
            throws IOException, InterruptedException {
        Records records = new Records(bytes);
        Histogram nanos = new Histogram(3);
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < time.toNanos()) {
            long start = System.nanoTime();
            log.awaitDurable(records.append(log, null));
            nanos.recordValue(System.nanoTime() - start);
            trim(log);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new DeviceFigures(records.bytes() / seconds, nanos.getValueAtPercentile(50) / 1_000.0);
    }

    private static DeviceFigures keepBusy(WriteAheadLog log, int bytes, Duration time)
            throws IOException, InterruptedException {
        Records records = new Records(bytes);
        Thread trimmer = new Thread(() -> trimUntilInterrupted(log), "trimmer");
        trimmer.setDaemon(true);
        trimmer.start();
        long begin = System.nanoTime();
        long last = -1;
        while (System.nanoTime() - begin < time.toNanos()) {
            try (Reservation room = log.reserve(bytes, 1, PATIENCE)) {
                if (room == null) {
                    throw new IOException("The WAL made no room within 30 s");
                }
                last = records.append(log, room);
            }
        }
        log.awaitDurable(last);
        double seconds = (System.nanoTime() - begin) / 1e9;
        trimmer.interrupt();
        trimmer.join();
        return new DeviceFigures(records.bytes() / seconds, Double.NaN);
    }

    private static void trimUntilInterrupted(WriteAheadLog log) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                trim(log);
            }
        } catch (IOException e) {
            log.fail(e);
        }
    }

    private static void trim(WriteAheadLog log) throws IOException {
        if (log.ringUsed() > log.ringCapacity() / 4) {
            log.trim(log.durablePosition(), false);
        }
    }

    /** Appends records of one log, all of the same length. */
    private static final class Records {
        private final LogId log = new LogId(new UUID(1, 1), 0, 1);
        private final byte[] content;
        private long appended;

        Records(int bytes) {
            content = new byte[bytes];
        }

        /** Answers the number of the record's block. */
        long append(WriteAheadLog wal, @Nullable Reservation room) throws IOException {
            RecordHeader header = new RecordHeader(RecordKind.DATA, log, 0, appended, appended, -1, content.length);
            Claim claim = wal.claim(header, room, DurableListener.NONE);
            long block = claim.block();
            claim.payload().put(content);
            claim.commit();
            claim.release();
            appended++;
            return block;
        }

        long bytes() {
            return appended * content.length;
        }
    }
}
