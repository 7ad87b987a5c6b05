package io.aquifer.wal;

import io.aquifer.wal.append.Claim;
import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.DurableListener;
import io.aquifer.wal.append.SyncGuard;
import io.aquifer.wal.append.WalObserver;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.append.WalWriters;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.CheckpointPayload;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.ScanResult;
import io.aquifer.wal.recovery.WalIndex;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Makes an empty WAL the continuation of one whose device is lost, as if that had been trimmed up to where it goes on: it holds
 * a checkpoint of each log and nothing else.
 *
 * <p>The superblock is written last. Until then the WAL is as empty as it was.
 */
public final class WalContinuation {

    private static final WalSettings SETTINGS = new WalSettings(4 << 20, 64 << 10, 1, Duration.ofSeconds(30));

    /** Checkpoints in flight: they fit into the memory even if each takes a block of its own. */
    private static final int AT_ONCE = 32;

    /** Where a log stood: as in its checkpoint. */
    public record Checkpoint(LogId log, CheckpointPayload description, long logStartOffset, long endOffset) {}

    private final UUID walId;
    private final long epoch;
    private final long position;

    /**
     * @param walId of the lost WAL
     * @param epoch above every epoch that the lost one can ever have had
     * @param position behind everything that is left of it
     */
    public WalContinuation(UUID walId, long epoch, long position) {
        this.walId = walId;
        this.epoch = epoch;
        this.position = position;
    }

    /** Whether nothing was ever appended to a WAL. */
    public static boolean isEmpty(Superblock superblock, ScanResult scan) {
        return superblock.trimPosition() == 0 && scan.blocks() == 0;
    }

    /**
     * Makes sure that the WAL on a device is empty.
     *
     * @throws ForeignWalException if it isn't
     */
    public static void requireEmpty(BlockDevice device) throws IOException {
        try (AlignedMemory memory = AlignedMemory.system()) {
            empty(device, new SuperblockSlots(device, memory.allocate(Superblock.SIZE)));
        }
    }

    private static Superblock empty(BlockDevice device, SuperblockSlots slots) throws IOException {
        Superblock found = slots.read();
        if (!isEmpty(found, Wal.scan(device, found, new WalIndex()))) {
            throw new ForeignWalException("the WAL on " + device.path() + " isn't empty: it is WAL " + found.walId()
                    + " in epoch " + found.epoch() + ". If it is the one in use last, start the broker with it; if not,"
                    + " format it anew");
        }
        return found;
    }

    /**
     * Writes it.
     *
     * @param device with an empty WAL, open for writing
     * @return the superblock that it has now
     * @throws ForeignWalException if the WAL on it isn't empty
     */
    public Superblock write(BlockDevice device, List<Checkpoint> checkpoints) throws IOException {
        SyncGuard guarded = new SyncGuard(device);
        AlignedMemory memory = AlignedMemory.system();
        boolean unused = true;
        try {
            SuperblockSlots slots = new SuperblockSlots(guarded, memory.allocate(Superblock.SIZE));
            Superblock begun = begun(empty(guarded, slots));
            ScanResult nothing = new ScanResult(begun.trimPosition(), 0, 0, 0, "the WAL goes on here");
            WriteAheadLog log = new WriteAheadLog(
                    slots,
                    begun,
                    nothing,
                    SETTINGS,
                    memory.allocate(SETTINGS.memoryBytes()),
                    memory.allocate(begun.blockSize()),
                    Custodian.NONE);
            WalWriters writers = new WalWriters(log, guarded, SETTINGS, WalObserver.NONE);
            try {
                unused = false;
                append(log, checkpoints);
                slots.write(begun);
            } finally {
                boolean idle = writers.close();
                unused = log.close() && idle;
            }
            return begun;
        } finally {
            if (unused) {
                memory.close();
            }
        }
    }

    private Superblock begun(Superblock found) {
        long aligned = (position + found.blockSize() - 1) / found.blockSize() * found.blockSize();
        return new Superblock(
                found.sequence() + 1,
                walId,
                epoch,
                found.blockSize(),
                found.nodeId(),
                found.capacity(),
                aligned,
                aligned,
                false,
                found.clusterId(),
                List.of());
    }

    private static void append(WriteAheadLog log, List<Checkpoint> checkpoints) throws IOException {
        try {
            int written = 0;
            for (Checkpoint each : checkpoints) {
                byte[] description = each.description().toBytes();
                RecordHeader header = new RecordHeader(
                        RecordKind.CHECKPOINT,
                        each.log(),
                        -1,
                        each.logStartOffset(),
                        each.endOffset() - 1,
                        -1,
                        description.length);
                Claim claim = log.control(header, description, DurableListener.NONE);
                written++;
                if (written % AT_ONCE == 0 || written == checkpoints.size()) {
                    log.awaitDurable(claim.block());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("Interrupted while writing the WAL");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
