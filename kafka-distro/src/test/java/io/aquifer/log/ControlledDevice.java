package io.aquifer.log;

import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A device in memory whose writes a test holds back, lets go in any order, or fails.
 *
 * <p>A write is in the image, and durable, when it returns; one that is held has left nothing. Superblocks are never held.
 */
final class ControlledDevice implements BlockDevice {

    static final int SIZE = 16 << 20;

    private static final int BLOCK = 4096;

    private byte[] image;
    private final Map<Long, Boolean> held = new TreeMap<>();
    private LongPredicate hold = position -> false;
    private @Nullable IOException failure;
    private boolean gone;
    private final Set<Long> written = new TreeSet<>();

    ControlledDevice() {
        this(new byte[SIZE]);
    }

    private ControlledDevice(byte[] image) {
        this.image = image;
    }

    /** From now on, writes into the ring don't return until they are let go. */
    synchronized void hold() {
        hold = position -> true;
    }

    /** Lets every write go, those that are held and those to come. */
    synchronized void letGo() {
        hold = position -> false;
        held.replaceAll((position, go) -> true);
        notifyAll();
    }

    /** Lets the held write at that place go, and no other. */
    synchronized void letGo(long position) {
        if (held.replace(position, true) == null) {
            throw new IllegalStateException("no write at " + position + " is held, but those at " + held.keySet());
        }
        notifyAll();
    }

    /** Where the writes are that are held now, in the order of their places. */
    synchronized List<Long> held() {
        return held.entrySet().stream()
                .filter(write -> !write.getValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** From now on, every write fails, the held ones too. */
    synchronized void fail(IOException cause) {
        failure = cause;
        letGo();
    }

    /** The process that writes here dies: what it writes from now on goes nowhere. What the next one finds. */
    synchronized ControlledDevice crash() {
        gone = true;
        fail(new IOException("the process that used this device is dead"));
        ControlledDevice next = new ControlledDevice(image);
        image = new byte[0];
        return next;
    }

    /** What the next process finds once this one has come to its end. */
    ControlledDevice next(Runnable end) {
        end.run();
        return crash();
    }

    /** Whether a block was written there. */
    synchronized boolean isWritten(long position) {
        return written.contains(position);
    }

    /** In how many places of the ring blocks were written. */
    synchronized int blocksWritten() {
        return written.size();
    }

    @Override
    public String path() {
        return "controlled device";
    }

    @Override
    public long size() {
        return image.length;
    }

    @Override
    public int blockSize() {
        return BLOCK;
    }

    @Override
    public synchronized void write(long position, ByteBuffer source) throws IOException {
        boolean inRing = position >= Superblock.RING_OFFSET;
        if (inRing && hold.test(position)) {
            held.put(position, false);
            awaitGo(position);
        }
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        if (gone) {
            throw new IOException("gone");
        }
        int length = source.remaining();
        source.get(image, Math.toIntExact(position), length);
        if (inRing) {
            written.add(position);
        }
    }

    private void awaitGo(long position) throws IOException {
        try {
            while (!gone && !Boolean.TRUE.equals(held.get(position))) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            held.remove(position);
        }
    }

    @Override
    public synchronized void read(long position, ByteBuffer target) {
        target.put(image, Math.toIntExact(position), target.remaining());
    }

    @Override
    public boolean writesAreDurable() {
        return true;
    }

    @Override
    public boolean writesFlush() {
        return false;
    }

    @Override
    public void sync() {}

    @Override
    public synchronized void close() {
        gone = true;
        notifyAll();
    }

    /** Where the ring's blocks are, for messages. */
    @Override
    public synchronized String toString() {
        return "controlled device that holds " + new ArrayList<>(held.keySet());
    }
}
