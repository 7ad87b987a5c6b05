package io.aquifer.wal.upload;

import io.aquifer.wal.append.Block;
import io.aquifer.wal.append.Custodian;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The durable blocks whose memory is kept because they aren't in S3 yet. When they are more than can be spared, the oldest are
 * given up, be they on their way or not: whoever wants one of them then reads it from the device.
 */
public final class HeldBlocks implements Custodian {

    private final Lease lease;
    /** Also the lock of what follows; nothing else is acquired under it. */
    private final TreeMap<Long, Held> held = new TreeMap<>();

    private long heldBytes;
    private long wantedFrom;

    public HeldBlocks(Lease lease) {
        this.lease = lease;
    }

    /** A block and how many have a use for its memory: this class, and whoever is reading. */
    private static final class Held {
        private final Block block;
        private final AtomicInteger users = new AtomicInteger(1);

        private Held(Block block) {
            this.block = block;
        }

        private boolean use() {
            return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
        }

        private void leave() {
            if (users.decrementAndGet() == 0) {
                block.letGo();
            }
        }
    }

    /** What is done with the bytes of a block, which are valid only meanwhile. */
    @FunctionalInterface
    interface Use<E extends Exception> {
        void of(ByteBuffer bytes) throws E;
    }

    @Override
    public Standing standing() {
        return lease.standing();
    }

    @Override
    public IOException loss() {
        return Objects.requireNonNullElseGet(lease.loss(), Custodian.super::loss);
    }

    @Override
    public void durable(Block block) {
        if (!block.hasMemory()) {
            return;
        }
        synchronized (held) {
            if (block.position() >= wantedFrom) {
                block.hold();
                held.put(block.position(), new Held(block));
                heldBytes += block.length();
            }
        }
    }

    @Override
    public void settle(long spareBytes) {
        List<Held> givenUp = List.of();
        synchronized (held) {
            while (heldBytes > spareBytes) {
                givenUp = givenUp.isEmpty() ? new ArrayList<>() : givenUp;
                givenUp.add(removeOldest());
            }
        }
        givenUp.forEach(Held::leave);
    }

    private Held removeOldest() {
        Held oldest = held.pollFirstEntry().getValue();
        heldBytes -= oldest.block.length();
        return oldest;
    }

    /** What lies below {@code position} is in S3. */
    void uploaded(long position) {
        List<Held> done = new ArrayList<>();
        synchronized (held) {
            wantedFrom = position;
            for (Map.Entry<Long, Held> first = held.firstEntry();
                    first != null && first.getKey() < position;
                    first = held.firstEntry()) {
                done.add(removeOldest());
            }
        }
        done.forEach(Held::leave);
    }

    /** Gives up all there is, and keeps nothing from now on. */
    void close() {
        uploaded(Long.MAX_VALUE);
    }

    /**
     * Uses the block at {@code position} if its memory is still here.
     *
     * @return false if it isn't, and nothing was done
     */
    <E extends Exception> boolean use(long position, Use<E> use) throws E {
        Held found = find(position);
        if (found == null || !found.use()) {
            return false;
        }
        try {
            use.of(found.block.bytes(found.block.length()));
            return true;
        } finally {
            found.leave();
        }
    }

    private @Nullable Held find(long position) {
        synchronized (held) {
            return held.get(position);
        }
    }

    /** Bytes of memory that are kept. */
    long bytes() {
        synchronized (held) {
            return heldBytes;
        }
    }
}
