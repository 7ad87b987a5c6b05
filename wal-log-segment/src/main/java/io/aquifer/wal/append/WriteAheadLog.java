package io.aquifer.wal.append;

import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The WAL that is open for appending: turns records of many threads into blocks, and says in order which are durable.
 *
 * <p>It starts no thread and, but for the superblock, writes nothing itself: a driver takes blocks with {@link #poll},
 * writes them in any order, and reports each with {@link #completed}. {@link WalWriters} drives it against a device
 * with threads; the simulation drives it with a seed. Completion is in order of position: a block that lands early
 * waits for those in front of it, so that no listener ever hears of a record behind a hole.
 *
 * <p>Locks: {@code lock} guards which block is open, the memory and the places of blocks; {@code completion} guards
 * what is durable, and may be acquired under {@code lock}, never the other way round. Neither is held during a copy, a
 * checksum or a device write; the superblock's has a lock of its own. Listeners run under {@code completion}.
 */
public final class WriteAheadLog {

    private static final int RESERVE_DIVISOR = 16;

    private final SuperblockSlots slots;
    private final int blockSize;
    private final int blockBytes;
    private final int maxBlockLength;
    private final long ringSize;
    private final ByteBuffer paddingBuffer;
    private final Budget memoryBudget;
    private final Budget ringBudget;

    private final ReentrantLock lock = new ReentrantLock();
    private final MemoryRing memory;
    private final ArrayDeque<Block> closed = new ArrayDeque<>();
    private volatile @Nullable Block open;
    private long nextSequence;
    private long nextPosition;
    private volatile long trimPosition;

    private final ReentrantLock completion = new ReentrantLock();
    private final Condition durableAdvanced = completion.newCondition();
    private final ArrayDeque<Block> inFlight = new ArrayDeque<>();
    private volatile long durableSequence = -1;
    private volatile long durablePosition;
    private volatile @Nullable IOException failure;
    private final CopyOnWriteArrayList<Consumer<IOException>> failureListeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock superblockLock = new ReentrantLock();
    private volatile Superblock superblock;
    private volatile @Nullable Thread idleDriver;

    /**
     * @param opened the superblock of this opening, already durable
     * @param end position behind the last block that recovery found
     * @param memory aligned to the block size
     * @param paddingBuffer one block size of aligned memory
     */
    public WriteAheadLog(
            SuperblockSlots slots,
            Superblock opened,
            long end,
            WalSettings settings,
            ByteBuffer memory,
            ByteBuffer paddingBuffer) {
        this.slots = slots;
        this.superblock = opened;
        this.blockSize = opened.blockSize();
        this.ringSize = opened.ringSize();
        this.paddingBuffer = paddingBuffer;
        this.memory = new MemoryRing(memory, blockSize);
        this.blockBytes = alignUp(settings.blockBytes());
        this.maxBlockLength = Math.min(opened.maxBlockLength(), memory.capacity() / 4 / blockSize * blockSize);
        if (maxBlockLength < blockBytes) {
            throw new IllegalArgumentException("a ring of " + ringSize + " bytes and memory of " + memory.capacity()
                    + " bytes are too small for blocks of " + blockBytes + " bytes: each must be 4 times that");
        }
        this.trimPosition = opened.trimPosition();
        this.nextPosition = end;
        this.durablePosition = end;
        this.memoryBudget = new Budget(withHeadroom(memory.capacity()));
        this.ringBudget = new Budget(withHeadroom(ringSize));
        ringBudget.force(end - trimPosition);
    }

    /** What appends may use: not the waste in front of a wrap, nor the room of control records. */
    private long withHeadroom(long bytes) {
        return bytes - maxBlockLength - bytes / RESERVE_DIVISOR;
    }

    private int alignUp(int bytes) {
        return Math.addExact(bytes, blockSize - 1) & -blockSize;
    }

    /** What a record takes from memory and ring at worst: a block of its own. */
    private long cost(int recordLength) {
        return (long) recordLength + BlockHeader.SIZE + blockSize;
    }

    /**
     * Waits until there is room for records with so many bytes of payload, or for half of all there can be if that is
     * less. Call it before taking any lock that whoever frees room may need.
     *
     * @return null if there was no room in time
     * @throws WalFailedException if the WAL has failed
     */
    public @Nullable Reservation reserve(long payloadBytes, int records, long timeoutNanos)
            throws IOException, InterruptedException {
        long most = Math.min(memoryBudget.capacity(), ringBudget.capacity()) / 2;
        long bytes = Math.min(most, payloadBytes + records * cost(RecordHeader.recordLength(0) + Long.BYTES));
        long deadline = System.nanoTime() + timeoutNanos;
        if (!ringBudget.acquire(bytes, timeoutNanos)) {
            ensureNotFailed();
            return null;
        }
        boolean reserved = false;
        try {
            reserved = memoryBudget.acquire(bytes, Math.max(0, deadline - System.nanoTime()));
        } finally {
            if (!reserved) {
                ringBudget.release(bytes);
            }
        }
        ensureNotFailed();
        return reserved ? new Reservation(this, bytes) : null;
    }

    void unreserve(long bytes) {
        memoryBudget.release(bytes);
        ringBudget.release(bytes);
    }

    /**
     * Claims room for a record; never waits for the device.
     *
     * @param reservation room that this thread holds; what it lacks is taken if it is free
     * @throws WalFullException if there is no room
     * @throws RecordTooLongException if no block may be that long
     * @throws WalFailedException if the WAL has failed
     */
    public Claim claim(RecordHeader header, @Nullable Reservation reservation, DurableListener listener)
            throws WalException {
        long cost = cost(header.recordLength());
        long reserved = reservation == null ? 0 : reservation.take(cost);
        long missing = cost - reserved;
        if (missing > 0 && !takeNow(missing)) {
            unreserve(reserved);
            throw new WalFullException("the WAL has no room for a record of " + header.recordLength() + " bytes: "
                    + ringBudget.used() + " of " + ringBudget.capacity() + " bytes of its ring and "
                    + memoryBudget.used() + " of " + memoryBudget.capacity() + " bytes of its memory are taken");
        }
        return claimPaid(header, cost, listener);
    }

    /**
     * Appends a control record. It has room of its own, so that it doesn't wait and isn't refused for want of room.
     *
     * @return its claim, committed and released
     * @throws WalFailedException if the WAL has failed
     */
    public Claim control(RecordHeader header, byte[] payload, DurableListener listener) throws WalException {
        long cost = cost(header.recordLength());
        memoryBudget.force(cost);
        ringBudget.force(cost);
        Claim claim = claimPaid(header, cost, listener);
        claim.payload().put(payload);
        claim.commit();
        claim.release();
        return claim;
    }

    private boolean takeNow(long bytes) {
        if (!ringBudget.tryAcquire(bytes)) {
            return false;
        }
        if (!memoryBudget.tryAcquire(bytes)) {
            ringBudget.release(bytes);
            return false;
        }
        return true;
    }

    private Claim claimPaid(RecordHeader header, long cost, DurableListener listener) throws WalException {
        boolean claimed = false;
        try {
            ensureNotFailed();
            int length = header.recordLength();
            if (length > maxBlockLength - BlockHeader.SIZE) {
                throw new RecordTooLongException("a record of " + length + " bytes, more than " + maxBlockLength
                        + " bytes, a quarter of the WAL's memory and ring: enlarge them or lower max.message.bytes");
            }
            while (true) {
                Block block = open;
                int offset = block == null ? -1 : block.claim(length, cost);
                if (block != null && offset >= 0) {
                    header.writeTo(block.buffer(), offset);
                    claimed = true;
                    return new Claim(block, offset, header.payloadLength(), listener);
                }
                openNext(block, length);
            }
        } finally {
            if (!claimed) {
                unreserve(cost);
            }
        }
    }

    /** Opens a block with room for a record, unless another thread has already replaced {@code full}. */
    private void openNext(@Nullable Block full, int recordLength) throws WalException {
        lock.lock();
        try {
            if (open != full) {
                return;
            }
            if (full != null) {
                closeOpen(full);
            }
            int min = alignUp(BlockHeader.SIZE + recordLength);
            MemoryRing.Extent extent = memory.allocate(min, Math.max(min, blockBytes));
            if (extent == null) {
                throw new WalFullException("the WAL's memory has no room for " + min + " bytes");
            }
            open = new Block(this, nextSequence++, BlockHeader.Type.DATA, memory.slice(extent), extent);
        } finally {
            lock.unlock();
            wakeDriver();
        }
    }

    private void closeOpen(Block block) {
        block.close();
        open = null;
        int length = alignUp(block.taken());
        MemoryRing.Extent extent = block.extent();
        if (extent != null) {
            memory.shrink(extent, length);
        }
        long toRingEnd = ringSize - nextPosition % ringSize;
        if (length > toRingEnd) {
            Block padding = new Block(this, block.sequence(), BlockHeader.Type.PADDING, paddingBuffer, null);
            padding.close();
            place(padding, (int) toRingEnd);
            ringBudget.force(toRingEnd);
        }
        place(block, length);
    }

    private void place(Block block, int length) {
        if (nextPosition + length - trimPosition > ringSize) {
            throw new IllegalStateException("a block of " + length + " bytes at " + nextPosition
                    + " would overwrite what isn't trimmed, from " + trimPosition + " on, in a ring of " + ringSize);
        }
        block.place(nextPosition, length);
        nextPosition += length;
        closed.addLast(block);
    }

    /** Tells the driver, if it waits, that there is something to write. */
    void wakeDriver() {
        Thread idle = idleDriver;
        if (idle != null) {
            LockSupport.unpark(idle);
        }
    }

    /**
     * The next block to be written, closing the one that is being filled if it has to; its bytes are final.
     *
     * @return null if there is nothing to write
     */
    public @Nullable Block poll() {
        Block block = next();
        if (block != null) {
            seal(block);
        }
        return block;
    }

    private @Nullable Block next() {
        lock.lock();
        try {
            Block current = open;
            if (closed.isEmpty() && current != null && current.recordCount() > 0) {
                closeOpen(current);
            }
            Block block = closed.pollFirst();
            if (block != null) {
                completion.lock();
                try {
                    inFlight.addLast(block);
                } finally {
                    completion.unlock();
                }
            }
            return block;
        } finally {
            lock.unlock();
        }
    }

    /** Like {@link #poll}, but waits for a block, which is still to be sealed. For one thread at a time. */
    Block take() throws InterruptedException {
        while (true) {
            Block block = next();
            if (block != null) {
                return block;
            }
            idleDriver = Thread.currentThread();
            try {
                if (nothingToWrite()) {
                    LockSupport.park(this);
                }
            } finally {
                idleDriver = null;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private boolean nothingToWrite() {
        lock.lock();
        try {
            Block current = open;
            return closed.isEmpty() && (current == null || current.recordCount() == 0);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the last bytes of a taken block, completes them, and gives back what its records took in excess. */
    void seal(Block block) {
        long cost = block.seal(superblock.epoch(), superblock.walId(), blockSize);
        if (block.extent() != null) {
            unreserve(cost - block.length());
        }
    }

    /** {@code block} is durable on the device. Blocks may be reported in any order. */
    public void completed(Block block) {
        List<Block> freed = new ArrayList<>(1);
        completion.lock();
        try {
            if (failure != null) {
                return;
            }
            block.markWritten();
            Block oldest = inFlight.peekFirst();
            boolean advanced = false;
            while (oldest != null && oldest.isWritten()) {
                inFlight.removeFirst();
                oldest.notifyDurable();
                durablePosition = oldest.end();
                if (oldest.extent() != null) {
                    durableSequence = oldest.sequence();
                }
                if (oldest.markDurable()) {
                    freed.add(oldest);
                }
                advanced = true;
                oldest = inFlight.peekFirst();
            }
            if (advanced) {
                durableAdvanced.signalAll();
            }
        } finally {
            completion.unlock();
        }
        freed.forEach(this::free);
    }

    void free(Block block) {
        MemoryRing.Extent extent = block.extent();
        if (extent == null) {
            return;
        }
        lock.lock();
        try {
            memory.free(extent);
        } finally {
            lock.unlock();
        }
        memoryBudget.release(block.length());
    }

    /**
     * Waits until the block with that number, see {@link Claim#block}, and all before it are durable.
     *
     * @throws WalFailedException if the WAL failed before
     */
    public void awaitDurable(long blockSequence) throws IOException, InterruptedException {
        if (durableSequence >= blockSequence) {
            return;
        }
        completion.lock();
        try {
            while (durableSequence < blockSequence) {
                ensureNotFailed();
                durableAdvanced.await();
            }
        } finally {
            completion.unlock();
        }
    }

    /** Like {@link #awaitDurable(long)}, for at most so long; false if it isn't durable by then, or the WAL failed. */
    public boolean awaitDurable(long blockSequence, long timeoutNanos) throws InterruptedException {
        if (durableSequence >= blockSequence) {
            return true;
        }
        long left = timeoutNanos;
        completion.lock();
        try {
            while (durableSequence < blockSequence) {
                if (left <= 0 || failure != null) {
                    return false;
                }
                left = durableAdvanced.awaitNanos(left);
            }
            return true;
        } finally {
            completion.unlock();
        }
    }

    /**
     * What lies below {@code position} is needed no more: says so durably in the superblock, then gives the room back.
     *
     * @param position of a block, or the durable end
     * @param clean true as the last act of an orderly end
     */
    public void trim(long position, boolean clean) throws IOException {
        superblockLock.lock();
        try {
            ensureNotFailed();
            if (position < trimPosition || position > durablePosition) {
                throw new IllegalArgumentException("can't trim to " + position + ": trimmed to " + trimPosition
                        + " already, durable up to " + durablePosition);
            }
            Superblock trimmed = superblock.trimmed(position, clean);
            try {
                slots.write(trimmed);
            } catch (IOException e) {
                fail(new IOException("writing the superblock failed", e));
                throw e;
            }
            superblock = trimmed;
            long freed = position - trimPosition;
            trimPosition = position;
            ringBudget.release(freed);
        } finally {
            superblockLock.unlock();
        }
    }

    /**
     * Fails the WAL for good: from its return on nothing is reported durable, and whoever waits is told.
     *
     * @param cause what happened, in words for the operator
     */
    public void fail(IOException cause) {
        completion.lock();
        try {
            if (failure != null) {
                return;
            }
            failure = cause;
            durableAdvanced.signalAll();
        } finally {
            completion.unlock();
        }
        memoryBudget.close();
        ringBudget.close();
        failureListeners.forEach(listener -> listener.accept(cause));
    }

    /** Calls {@code listener} once when the WAL fails, at once if it has. */
    public void onFailure(Consumer<IOException> listener) {
        failureListeners.add(listener);
        IOException cause = failure;
        if (cause != null && failureListeners.remove(listener)) {
            listener.accept(cause);
        }
    }

    private void ensureNotFailed() throws WalFailedException {
        IOException cause = failure;
        if (cause != null) {
            throw new WalFailedException("the WAL has failed, nothing becomes durable: " + cause.getMessage(), cause);
        }
    }

    /** Why this WAL failed, or null. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** The superblock that is on the device now. */
    public Superblock superblock() {
        return superblock;
    }

    /** Every block below this position is durable. */
    public long durablePosition() {
        return durablePosition;
    }

    public long trimPosition() {
        return trimPosition;
    }

    /** Bytes of the ring that hold what isn't trimmed, or are promised to appends. */
    public long ringUsed() {
        return ringBudget.used();
    }

    /** Bytes of the ring that appends may use. */
    public long ringCapacity() {
        return ringBudget.capacity();
    }

    /** Bytes of memory that hold blocks, or are promised to appends. */
    public long memoryUsed() {
        return memoryBudget.used();
    }

    /** Blocks that a driver has taken and that aren't durable yet. */
    public int blocksInFlight() {
        completion.lock();
        try {
            return inFlight.size();
        } finally {
            completion.unlock();
        }
    }
}
