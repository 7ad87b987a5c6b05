package io.aquifer.wal.append;

import io.aquifer.wal.layout.BlockHeader;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One group commit in memory: filled by many threads without a lock, then closed, written once and freed.
 *
 * <p>{@code state} packs what a claim changes: whether the block is closed (sign bit), how many records it has (31
 * bits) and how many of its bytes are taken (32 bits).
 */
public final class Block {

    private static final long CLOSED = Long.MIN_VALUE;
    private static final int SPINS = 200;
    private static final long PARK_NANOS = 50_000;
    private static final byte[] ZEROS = new byte[65536];

    private final WriteAheadLog owner;
    private final long sequence;
    private final BlockHeader.Type type;
    private final ByteBuffer buffer;
    private final MemoryRing.@Nullable Extent extent;
    private final AtomicLong state = new AtomicLong(BlockHeader.SIZE);
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();
    private final AtomicLong cost = new AtomicLong();
    private final AtomicReference<@Nullable Claim> claims = new AtomicReference<>();
    private volatile @Nullable Thread sealer;
    private long position = -1;
    private int length;
    private OverlappingWrites.@Nullable Write write;
    private volatile boolean durable;
    private final AtomicInteger holds = new AtomicInteger();
    private final AtomicInteger freed = new AtomicInteger();

    Block(
            WriteAheadLog owner,
            long sequence,
            BlockHeader.Type type,
            ByteBuffer buffer,
            MemoryRing.@Nullable Extent extent) {
        this.owner = owner;
        this.sequence = sequence;
        this.type = type;
        this.buffer = buffer;
        this.extent = extent;
    }

    WriteAheadLog owner() {
        return owner;
    }

    long sequence() {
        return sequence;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    MemoryRing.@Nullable Extent extent() {
        return extent;
    }

    /** Position in the WAL, known once the block is closed. */
    public long position() {
        return position;
    }

    /** Bytes on the device, known once the block is closed. */
    public int length() {
        return length;
    }

    /** Position behind this block. */
    public long end() {
        return position + length;
    }

    public int recordCount() {
        return (int) (state.get() >>> 32) & Integer.MAX_VALUE;
    }

    /** Bytes taken by the header and the claimed records. */
    int taken() {
        return (int) state.get();
    }

    /**
     * Takes room for a record.
     *
     * @param overhead what the first record costs beyond its length, for the block itself
     * @return the record's offset in the block, {@link BlockHeader#SIZE} for the first, or -1 if it doesn't fit or the
     *     block is closed
     */
    int claim(int recordLength, long overhead) {
        while (true) {
            long current = state.get();
            int offset = (int) current;
            if (current < 0 || recordLength > buffer.capacity() - offset) {
                return -1;
            }
            if (state.compareAndSet(current, current + (1L << 32) + recordLength)) {
                cost.addAndGet(offset == BlockHeader.SIZE ? recordLength + overhead : recordLength);
                return offset;
            }
        }
    }

    void commit(@Nullable Claim claim) {
        if (claim != null) {
            Claim head;
            do {
                head = claims.get();
                claim.next = head;
            } while (!claims.compareAndSet(head, claim));
        }
        committed.incrementAndGet();
        Thread waiter = sealer;
        if (waiter != null) {
            LockSupport.unpark(waiter);
        }
    }

    /** Ends claiming: {@link #taken} and {@link #recordCount} are final. */
    void close() {
        state.updateAndGet(current -> current | CLOSED);
    }

    /** Under the lock of the {@link WriteAheadLog}. */
    void place(long newPosition, int newLength) {
        position = newPosition;
        length = newLength;
    }

    /**
     * Waits until every claim is committed, and completes the bytes: zeros to the end, header, checksum.
     *
     * @param durableEnd below which all is durable
     * @return what was acquired of the {@link Space} for it
     */
    long seal(long epoch, UUID walId, int blockSize, long durableEnd) {
        awaitCommitted();
        int end = type == BlockHeader.Type.DATA ? taken() : BlockHeader.SIZE;
        int sealedLength = type == BlockHeader.Type.DATA ? length : blockSize;
        buffer.put(end, ZEROS, 0, sealedLength - end);
        new BlockHeader(type, length, end - BlockHeader.SIZE, recordCount(), epoch, position, walId, durableEnd)
                .writeTo(buffer, blockSize);
        return cost.get();
    }

    private void awaitCommitted() {
        int expected = recordCount();
        for (int i = 0; i < SPINS && committed.get() < expected; i++) {
            Thread.onSpinWait();
        }
        if (committed.get() < expected) {
            sealer = Thread.currentThread();
            boolean interrupted = false;
            while (committed.get() < expected) {
                LockSupport.parkNanos(this, PARK_NANOS);
                interrupted |= Thread.interrupted();
            }
            sealer = null;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The sealed bytes, to be written at {@link #position}. */
    public ByteBuffer bytes(int blockSize) {
        return buffer.slice(0, type == BlockHeader.Type.DATA ? length : blockSize);
    }

    void notifyDurable() {
        for (Claim claim = claims.get(); claim != null; claim = claim.next) {
            claim.durable();
        }
    }

    /** Under the completion lock of the {@link WriteAheadLog}, like {@link #write}. */
    void taken(OverlappingWrites.Write by) {
        write = by;
    }

    /** What writes it to the device, from the moment it is taken on. */
    OverlappingWrites.Write write() {
        return Objects.requireNonNull(write);
    }

    /** Its bytes are durable: answers true, once, if its memory is to be freed. */
    boolean markDurable() {
        durable = true;
        return freeable();
    }

    void release() {
        released.incrementAndGet();
        if (freeable()) {
            owner.free(this);
        }
    }

    /** Whether it has memory of its own. Of padding the bytes are the same for every block, and are written anew for each. */
    public boolean hasMemory() {
        return extent != null;
    }

    /** Keeps the memory as it is until {@link #letGo}. Only where the block is just becoming durable. */
    public void hold() {
        holds.incrementAndGet();
    }

    /** The memory isn't read any more by whoever {@linkplain #hold holds} the block. */
    public void letGo() {
        holds.decrementAndGet();
        if (freeable()) {
            owner.free(this);
        }
    }

    private boolean freeable() {
        return durable && released.get() == recordCount() && holds.get() == 0 && freed.compareAndSet(0, 1);
    }
}
