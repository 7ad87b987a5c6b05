package io.aquifer.cli;

import io.aquifer.wal.DirectoryIds;
import io.aquifer.wal.Wal;
import io.aquifer.wal.WalFormatter;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.append.Claim;
import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.DurableListener;
import io.aquifer.wal.append.WalObserver;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DirectBlockDevice;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.device.PreallocatedFile;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A WAL as a broker would have it open. Every record has a block of its own. */
final class SampleWal implements AutoCloseable {

    static final WalOwner OWNER = new WalOwner("sample-cluster", 7);
    static final UUID DIRECTORY = UUID.fromString("12345678-9abc-4def-8123-456789abcdef");
    static final long SIZE = WalFormatter.MIN_SIZE;

    private final Wal wal;

    private SampleWal(Wal wal) {
        this.wal = wal;
    }

    /** Makes a file and formats it. */
    static Path format(Path file) throws IOException {
        PreallocatedFile.create(new JnaNativeIo(), file, SIZE, written -> {});
        try (DirectBlockDevice device = device(file);
                AlignedMemory memory = AlignedMemory.system()) {
            WalFormatter.format(device, memory, OWNER);
        }
        return file;
    }

    /** Opens a formatted one. */
    static SampleWal open(Path path) throws IOException {
        WalSettings settings = new WalSettings(8 << 20, 64 << 10, 1, Duration.ofSeconds(30));
        return new SampleWal(Wal.open(
                device(path),
                AlignedMemory.system(),
                OWNER,
                DirectoryIds.of(List.of(DIRECTORY)),
                settings,
                WalObserver.NONE,
                Custodian.NONE));
    }

    private static DirectBlockDevice device(Path path) throws IOException {
        return new BlockDevices(new JnaNativeIo()).openForWriting(path, DurabilitySetting.AUTO);
    }

    /** Changes a byte of a file behind everybody's back. */
    static void damage(Path file, long position) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int found = bytes.read();
            bytes.seek(position);
            bytes.write(~found);
        }
    }

    Wal wal() {
        return wal;
    }

    SampleWal checkpoint(LogId log, String topic, long start, long end) throws Exception {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        return append(new RecordHeader(RecordKind.CHECKPOINT, log, -1, start, end - 1, -1, name.length), name);
    }

    SampleWal data(LogId log, long base, long last, int length) throws Exception {
        byte[] batches = new byte[length];
        return append(new RecordHeader(RecordKind.DATA, log, 3, base, last, 1_700_000_000_000L, length), batches);
    }

    SampleWal control(RecordKind kind, LogId log, long offset) throws Exception {
        return append(new RecordHeader(kind, log, -1, offset, -1, -1, 0), new byte[0]);
    }

    private SampleWal append(RecordHeader header, byte[] payload) throws Exception {
        Claim claim = wal.log().claim(header, null, DurableListener.NONE);
        claim.payload().put(payload);
        claim.commit();
        wal.log().awaitDurable(claim.block());
        claim.release();
        return this;
    }

    /** Gives all room back. */
    SampleWal trimAll(boolean clean) throws IOException {
        wal.log().trim(wal.log().durablePosition(), clean);
        return this;
    }

    @Override
    public void close() throws IOException {
        wal.close();
    }
}
