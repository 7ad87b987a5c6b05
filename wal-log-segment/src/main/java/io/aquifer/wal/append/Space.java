package io.aquifer.wal.append;

import io.aquifer.wal.layout.RecordKind;

/**
 * The room that a WAL has in memory and on the ring, promised before it is taken, so that a record with a promise always
 * fits.
 *
 * <p>Both are rings of which a wrap may waste up to the longest block. Hence what is promised or taken, that waste not
 * counted, is held to the size less one longest block; then the rest is room enough, wherever the wrap falls. Appends
 * leave another sixteenth alone: that is for control records, half of it for checkpoints only, without which nothing
 * can be trimmed.
 */
final class Space {

    private static final int CONTROL_DIVISOR = 16;
    private static final int CHECKPOINT_DIVISOR = 32;

    private final Budget memory;
    private final Budget ring;
    private final long controlMemory;
    private final long controlRing;
    private final long checkpointRing;

    /** @param ringUsed bytes of the ring that recovery found in use, padding in front of its end not counted */
    Space(long memorySize, long ringSize, long maxBlockLength, long ringUsed) {
        this.controlMemory = memorySize - maxBlockLength;
        this.checkpointRing = ringSize - maxBlockLength;
        this.controlRing = checkpointRing - ringSize / CHECKPOINT_DIVISOR;
        this.memory = new Budget(controlMemory - memorySize / CONTROL_DIVISOR, 0);
        this.ring = new Budget(checkpointRing - ringSize / CONTROL_DIVISOR, ringUsed);
    }

    /** The most that a single promise may be, in bytes. */
    long capacity() {
        return Math.min(memory.capacity(), ring.capacity());
    }

    /**
     * Waits for room.
     *
     * @return false if there was none in time, or after {@link #close}
     */
    boolean acquire(long bytes, long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        if (!ring.acquire(bytes, timeoutNanos)) {
            return false;
        }
        boolean acquired = false;
        try {
            acquired = memory.acquire(bytes, Math.max(0, deadline - System.nanoTime()));
            return acquired;
        } finally {
            if (!acquired) {
                ring.release(bytes);
            }
        }
    }

    /** How many threads wait for room now. */
    int waiting() {
        return ring.waiting() + memory.waiting();
    }

    /** Takes room for an append if there is some. */
    boolean tryAcquire(long bytes) {
        return tryAcquire(bytes, memory.capacity(), ring.capacity());
    }

    /** Takes room for a control record if there is some. */
    boolean tryAcquire(long bytes, RecordKind kind) {
        return tryAcquire(bytes, controlMemory, kind == RecordKind.CHECKPOINT ? checkpointRing : controlRing);
    }

    private boolean tryAcquire(long bytes, long memoryLimit, long ringLimit) {
        if (!ring.tryAcquire(bytes, ringLimit)) {
            return false;
        }
        if (!memory.tryAcquire(bytes, memoryLimit)) {
            ring.release(bytes);
            return false;
        }
        return true;
    }

    /** Gives back what was acquired and isn't needed. */
    void release(long bytes) {
        memory.release(bytes);
        ring.release(bytes);
    }

    void memoryFreed(long bytes) {
        memory.release(bytes);
    }

    void ringFreed(long bytes) {
        ring.release(bytes);
    }

    /** Refuses from now on, and wakes whoever waits. */
    void close() {
        memory.close();
        ring.close();
    }

    /** Bytes of memory that appends may use. */
    long memoryCapacity() {
        return memory.capacity();
    }

    long memoryUsed() {
        return memory.used();
    }

    long ringUsed() {
        return ring.used();
    }

    long ringCapacity() {
        return ring.capacity();
    }

    @Override
    public String toString() {
        return ring.used() + " of " + ring.capacity() + " bytes of its ring and " + memory.used() + " of "
                + memory.capacity() + " bytes of its memory are taken";
    }
}
