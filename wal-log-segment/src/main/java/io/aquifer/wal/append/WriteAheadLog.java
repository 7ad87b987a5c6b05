package io.aquifer.wal.append;

import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.ScanResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
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

    /** The time of a superblock's write while there is none. */
    static final long IDLE = Long.MIN_VALUE;

    private static final long LONGEST_GATHERING_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final long longestGatheringNanos;
    private final SuperblockSlots slots;
    private final int blockSize;
    private final int blockBytes;
    private final int maxBlockLength;
    private final long ringSize;
    private final ByteBuffer paddingBuffer;
    private final Space space;
    private final long maxReservation;
    private final Custodian custodian;

    private final ReentrantLock lock = new ReentrantLock();
    private final MemoryRing memory;
    private final ArrayDeque<Block> closed = new ArrayDeque<>();
    private volatile @Nullable Block open;
    private long nextSequence;
    private long nextPosition;
    private long padding;
    private volatile long trimPosition;

    private final ReentrantLock completion = new ReentrantLock();
    private final Condition durableAdvanced = completion.newCondition();
    private final ArrayDeque<Block> inFlight = new ArrayDeque<>();
    private final OverlappingWrites writes;
    private volatile @Nullable Trim trimUnderWay;
    private volatile long durableSequence = -1;
    private volatile long durablePosition;
    private volatile @Nullable IOException failure;
    private final CopyOnWriteArrayList<Consumer<IOException>> failureListeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock superblockLock = new ReentrantLock();
    private volatile Superblock superblock;
    private volatile long superblockSince = IDLE;
    private volatile @Nullable Thread idleDriver;
    private final Gathering gathering = new Gathering();

    /**
     * @param opened the superblock of this opening, durable before anything is appended
     * @param recovered what recovery found: where the next block is written, and how much padding is before it
     * @param memory aligned to the block size
     * @param paddingBuffer one block size of aligned memory
     * @param custodian asked about every block whose write has ended
     */
    public WriteAheadLog(
            SuperblockSlots slots,
            Superblock opened,
            ScanResult recovered,
            WalSettings settings,
            ByteBuffer memory,
            ByteBuffer paddingBuffer,
            Custodian custodian) {
        this(slots, opened, recovered, settings, memory, paddingBuffer, custodian, LONGEST_GATHERING_NANOS);
    }

    /** @param longestGatheringNanos how long at most a block is held back for requests whose first records it has */
    WriteAheadLog(
            SuperblockSlots slots,
            Superblock opened,
            ScanResult recovered,
            WalSettings settings,
            ByteBuffer memory,
            ByteBuffer paddingBuffer,
            Custodian custodian,
            long longestGatheringNanos) {
        this.longestGatheringNanos = longestGatheringNanos;
        this.slots = slots;
        this.writes = new OverlappingWrites(slots.writesFlush());
        this.custodian = custodian;
        this.superblock = opened;
        this.blockSize = opened.blockSize();
        this.ringSize = opened.ringSize();
        this.paddingBuffer = paddingBuffer;
        int memorySize = memory.capacity() / blockSize * blockSize;
        this.memory = new MemoryRing(memory.slice(0, memorySize), blockSize);
        this.blockBytes = alignUp(settings.blockBytes());
        this.maxBlockLength = Math.min(opened.maxBlockLength(), memorySize / 4 / blockSize * blockSize);
        if (maxBlockLength < blockBytes) {
            throw new IllegalArgumentException("a ring of " + ringSize + " bytes and memory of " + memory.capacity()
                    + " bytes are too small for blocks of " + blockBytes + " bytes: each must be 4 times that");
        }
        this.trimPosition = opened.trimPosition();
        this.nextPosition = recovered.end();
        this.durablePosition = nextPosition;
        this.padding = recovered.padding();
        this.space = new Space(memorySize, ringSize, maxBlockLength, nextPosition - trimPosition - padding);
        this.maxReservation = Math.max(space.capacity() / 2, cost(maxBlockLength - BlockHeader.SIZE));
    }

    private int alignUp(int bytes) {
        return Math.addExact(bytes, blockSize - 1) & -blockSize;
    }

    /** What the first record of a block takes from memory and ring beyond its length: header, and padding at worst. */
    private long overhead() {
        return (long) BlockHeader.SIZE + blockSize;
    }

    /** What a record takes from memory and ring at worst: a block of its own. */
    private long cost(int recordLength) {
        return recordLength + overhead();
    }

    /**
     * Waits until there is room for records with so many bytes of payload, or for as much as is promised at once if that
     * is less: half of all there can be, and at least what the longest record needs. Call it before taking any lock that
     * whoever frees room may need.
     *
     * @return null if there was no room in time
     * @throws WalFailedException if the WAL has failed
     */
    public @Nullable Reservation reserve(long payloadBytes, int records, long timeoutNanos)
            throws IOException, InterruptedException {
        long bytes = Math.min(maxReservation, payloadBytes + records * cost(RecordHeader.recordLength(0) + Long.BYTES));
        boolean reserved = space.acquire(bytes, timeoutNanos);
        try {
            ensureNotFailed();
        } catch (WalFailedException e) {
            if (reserved) {
                space.release(bytes);
            }
            throw e;
        }
        return reserved ? new Reservation(this, bytes, records) : null;
    }

    void unreserve(long bytes) {
        space.release(bytes);
    }

    /**
     * Claims room for a record; never waits for the device.
     *
     * @param reservation room that this thread holds; what it lacks is taken if it is free
     * @throws WalFullException if there is no room; the reservation is as it was
     * @throws RecordTooLongException if no block may be that long
     * @throws WalFailedException if the WAL has failed
     */
    public Claim claim(RecordHeader header, @Nullable Reservation reservation, DurableListener listener)
            throws WalException {
        ensureNotFailed();
        ensureFits(header);
        long cost = cost(header.recordLength());
        long reserved = reservation == null ? 0 : reservation.take(cost);
        long missing = cost - reserved;
        if (missing > 0 && !space.tryAcquire(missing)) {
            if (reservation != null) {
                reservation.putBack(reserved);
            }
            throw full(header);
        }
        Claim claim = claimPaid(header, listener);
        if (reservation != null) {
            reservation.claimed();
        }
        return claim;
    }

    /**
     * Appends a control record. It has room of its own, so that it neither waits nor competes with data; if even that is
     * used up, a checkpoint is refused last.
     *
     * @return its claim, committed and released
     * @throws WalFullException if there is no room
     * @throws RecordTooLongException if no block may be that long
     * @throws WalFailedException if the WAL has failed
     */
    public Claim control(RecordHeader header, byte[] payload, DurableListener listener) throws WalException {
        ensureNotFailed();
        ensureFits(header);
        if (!space.tryAcquire(cost(header.recordLength()), header.kind())) {
            throw full(header);
        }
        Claim claim = claimPaid(header, listener);
        claim.payload().put(payload);
        claim.commit();
        claim.release();
        return claim;
    }

    private WalException full(RecordHeader header) throws WalFailedException {
        ensureNotFailed();
        return new WalFullException(
                "the WAL has no room for a record of " + header.recordLength() + " bytes: " + space);
    }

    private void ensureFits(RecordHeader header) throws RecordTooLongException {
        int length = header.recordLength();
        if (length > maxBlockLength - BlockHeader.SIZE) {
            throw new RecordTooLongException("a record of " + length + " bytes, more than "
                    + (maxBlockLength - BlockHeader.SIZE)
                    + " bytes, a quarter of the WAL's memory or ring: enlarge them "
                    + "or lower max.message.bytes");
        }
    }

    /** Claims what was acquired at the cost of a block of its own, and gives back what it doesn't cost then. */
    private Claim claimPaid(RecordHeader header, DurableListener listener) throws WalException {
        int length = header.recordLength();
        boolean claimed = false;
        try {
            ensureNotFailed();
            while (true) {
                Block block = open;
                int offset = block == null ? -1 : block.claim(length, overhead());
                if (block != null && offset >= 0) {
                    claimed = true;
                    if (offset > BlockHeader.SIZE) {
                        space.release(overhead());
                    }
                    header.writeTo(block.buffer(), offset);
                    return new Claim(block, offset, header.payloadLength(), listener);
                }
                openNext(block, length);
            }
        } finally {
            if (!claimed) {
                space.release(cost(length));
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
                throw broken("no memory for " + min + " bytes that were promised: " + space);
            }
            open = new Block(this, nextSequence++, BlockHeader.Type.DATA, memory.slice(extent), extent);
        } finally {
            lock.unlock();
            wakeDriver();
            gathering.wake();
        }
    }

    private void closeOpen(Block block) {
        block.close();
        open = null;
        MemoryRing.Extent extent = Objects.requireNonNull(block.extent());
        if (block.recordCount() == 0) {
            memory.discard(extent);
            return;
        }
        int length = alignUp(block.taken());
        memory.shrink(extent, length);
        long toRingEnd = ringSize - nextPosition % ringSize;
        if (length > toRingEnd) {
            Block explicit = new Block(this, block.sequence(), BlockHeader.Type.PADDING, paddingBuffer, null);
            explicit.close();
            place(explicit, (int) toRingEnd);
            padding = toRingEnd;
        }
        place(block, length);
    }

    private void place(Block block, int length) {
        if (nextPosition + length - trimPosition > ringSize) {
            throw broken(
                    "a block of " + length + " bytes at " + nextPosition + " would overwrite what isn't trimmed, from "
                            + trimPosition + " on, in a ring of " + ringSize + ": " + space);
        }
        block.place(nextPosition, length);
        nextPosition += length;
        closed.addLast(block);
    }

    /** What can't happen, did: no record may become durable behind one that this leaves out. */
    private IllegalStateException broken(String what) {
        IllegalStateException bug = new IllegalStateException(what);
        fail(new IOException("the WAL's bookkeeping is broken", bug));
        return bug;
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
     * @return null if there is nothing to write, or the WAL has failed
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
            if (failure != null) {
                return null;
            }
            Block current = open;
            if (closed.isEmpty() && current != null && current.recordCount() > 0) {
                closeOpen(current);
            }
            Block block = closed.pollFirst();
            if (block != null) {
                completion.lock();
                try {
                    block.taken(writes.begin());
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

    /**
     * Like {@link #poll}, but waits for a block, which is still to be sealed. For one thread at a time.
     *
     * @throws WalFailedException if the WAL has failed: nothing is written after that
     */
    Block take() throws WalFailedException, InterruptedException {
        while (true) {
            ensureNotFailed();
            Block filling = open;
            if (filling != null && filling.recordCount() > 0) {
                gathering.await(longestGatheringNanos, this::isBlockReady);
            }
            Block block = next();
            if (block != null) {
                return block;
            }
            idleDriver = Thread.currentThread();
            try {
                if (failure == null && nothingToWrite()) {
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

    private boolean isBlockReady() {
        lock.lock();
        try {
            return !closed.isEmpty() || failure != null;
        } finally {
            lock.unlock();
        }
    }

    Gathering gathering() {
        return gathering;
    }

    /** Waits for the last bytes of a taken block, completes them, and gives back what its records took in excess. */
    void seal(Block block) {
        long acquired = block.seal(superblock.epoch(), superblock.walId(), blockSize, durablePosition);
        if (block.extent() != null) {
            space.release(acquired - block.length());
        }
    }

    /**
     * {@code block} is durable on the device, unless a write fails that overlapped its own. Blocks may be reported in any
     * order.
     */
    public void completed(Block block) {
        List<Block> freed = new ArrayList<>(1);
        Custodian.Standing standing;
        completion.lock();
        try {
            if (failure != null) {
                return;
            }
            writes.end(block.write());
            standing = advance(freed);
        } finally {
            completion.unlock();
        }
        settle(standing, freed);
    }

    /** The custodian may have another answer now for blocks that were written while it had none. */
    public void resume() {
        List<Block> freed = new ArrayList<>();
        Custodian.Standing standing;
        completion.lock();
        try {
            if (failure != null) {
                return;
            }
            standing = advance(freed);
        } finally {
            completion.unlock();
        }
        settle(standing, freed);
    }

    /** Under the completion lock: moves the durable end over what is written, if that may be said. */
    private Custodian.Standing advance(List<Block> freed) {
        Custodian.Standing standing = custodian.standing();
        if (standing == Custodian.Standing.HELD) {
            boolean advanced = false;
            Block oldest = inFlight.peekFirst();
            while (oldest != null && writes.counts(oldest.write())) {
                inFlight.removeFirst();
                custodian.durable(oldest);
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
        }
        return standing;
    }

    private void settle(Custodian.Standing standing, List<Block> freed) {
        if (standing == Custodian.Standing.LOST) {
            fail(custodian.loss());
        }
        freed.forEach(this::free);
        if (trimUnderWay != null) {
            finishTrim();
        }
        custodian.settle(space.memoryCapacity() - maxReservation);
    }

    void free(Block block) {
        MemoryRing.Extent extent = block.extent();
        if (extent == null) {
            return;
        }
        int reusable;
        lock.lock();
        try {
            reusable = memory.free(extent);
        } finally {
            lock.unlock();
        }
        space.memoryFreed(reusable);
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
            beginTrim(position, clean);
            completion.lock();
            try {
                while (isTrimUnderWay()) {
                    ensureNotFailed();
                    durableAdvanced.awaitUninterruptibly();
                }
            } finally {
                completion.unlock();
            }
        } finally {
            superblockLock.unlock();
        }
    }

    /**
     * Like {@link #trim}, but where a write that fails may take along those that overlapped it, {@link
     * BlockDevice#writesFlush}, it waits for none of them: the room is given back once they are over. Until then nothing
     * else may be trimmed, for of the two superblocks only one is certain.
     *
     * @throws IllegalStateException if {@link #isTrimUnderWay}
     */
    public void beginTrim(long position, boolean clean) throws IOException {
        superblockLock.lock();
        try {
            ensureNotFailed();
            if (isTrimUnderWay()) {
                throw new IllegalStateException("the trim before isn't over: " + trimUnderWay);
            }
            if (position < trimPosition || position > durablePosition) {
                throw new IllegalArgumentException("can't trim to " + position + ": trimmed to " + trimPosition
                        + " already, durable up to " + durablePosition);
            }
            write(superblock.trimmed(position, clean));
        } finally {
            superblockLock.unlock();
        }
        resume();
    }

    /** Whether a superblock was written of which it isn't certain yet that it is durable. */
    public boolean isTrimUnderWay() {
        return trimUnderWay != null;
    }

    private void write(Superblock next) throws IOException {
        OverlappingWrites.Write write = beginWrite();
        superblockSince = System.nanoTime();
        try {
            slots.write(next);
        } catch (IOException e) {
            fail(new IOException("writing the superblock failed: " + e.getMessage(), e));
            throw e;
        } finally {
            superblockSince = IDLE;
        }
        superblock = next;
        completion.lock();
        try {
            writes.end(write);
            trimUnderWay = new Trim(next.trimPosition(), write);
        } finally {
            completion.unlock();
        }
    }

    private OverlappingWrites.Write beginWrite() {
        completion.lock();
        try {
            return writes.begin();
        } finally {
            completion.unlock();
        }
    }

    /** Gives back the room in front of a trim position, if that is certain to be durable. */
    private void finishTrim() {
        lock.lock();
        completion.lock();
        try {
            Trim trim = trimUnderWay;
            if (trim != null && failure == null && writes.counts(trim.write)) {
                space.ringFreed(advanceTrim(trim.position));
                trimUnderWay = null;
                durableAdvanced.signalAll();
            }
        } finally {
            completion.unlock();
            lock.unlock();
        }
    }

    /** A superblock that was written, and until when it isn't certain that it is durable. */
    private record Trim(long position, OverlappingWrites.Write write) {}

    /** Answers how many bytes of the ring are free now that weren't, padding not counted. */
    private long advanceTrim(long position) {
        lock.lock();
        try {
            long freed = position - trimPosition;
            if (position / ringSize > trimPosition / ringSize) {
                freed -= padding;
                padding = 0;
            }
            trimPosition = position;
            return freed;
        } finally {
            lock.unlock();
        }
    }

    /** Since when, by {@link System#nanoTime}, the superblock is being written; {@link #IDLE} if it isn't. */
    long superblockSince() {
        return superblockSince;
    }

    /**
     * Fails the WAL for good: from its return on nothing is reported durable, and whoever waits is told.
     *
     * @param cause what happened, in words for the operator
     */
    public void fail(IOException cause) {
        if (end(cause)) {
            failureListeners.forEach(this::tellOnce);
        }
    }

    /**
     * Ends the WAL as a failure would, without telling the listeners of failures. What isn't durable by now never will be.
     *
     * @return true if nobody can touch the WAL's memory any more: no claim, reservation, unwritten block or write of the
     *     superblock is left
     */
    public boolean close() {
        end(new IOException("the WAL was closed"));
        if (!superblockLock.tryLock()) {
            return false;
        }
        superblockLock.unlock();
        return space.memoryUsed() == 0;
    }

    private boolean end(IOException cause) {
        completion.lock();
        try {
            if (failure != null) {
                return false;
            }
            failure = cause;
            durableAdvanced.signalAll();
        } finally {
            completion.unlock();
        }
        space.close();
        wakeDriver();
        gathering.wake();
        return true;
    }

    /** Calls {@code listener} once when the WAL fails, at once if it has. */
    public void onFailure(Consumer<IOException> listener) {
        failureListeners.add(listener);
        if (failure != null) {
            tellOnce(listener);
        }
    }

    private void tellOnce(Consumer<IOException> listener) {
        IOException cause = failure;
        if (cause != null && failureListeners.remove(listener)) {
            listener.accept(cause);
        }
    }

    private void ensureNotFailed() throws WalFailedException {
        IOException cause = failure;
        if (cause != null) {
            throw new WalFailedException("nothing becomes durable in the WAL any more: " + cause.getMessage(), cause);
        }
    }

    /** Why nothing becomes durable any more, or null if it does. */
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

    /** Bytes of the ring that hold what isn't trimmed, or are promised to appends; padding in front of its end not counted. */
    public long ringUsed() {
        return space.ringUsed();
    }

    /** Bytes of the ring that appends may use. */
    public long ringCapacity() {
        return space.ringCapacity();
    }

    /** Bytes of memory that hold blocks, or are promised to appends. */
    public long memoryUsed() {
        return space.memoryUsed();
    }

    /** Threads in {@link #reserve} for which there is no room yet. */
    public int appendsWaiting() {
        return space.waiting();
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
