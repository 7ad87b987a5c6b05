package io.aquifer.wal.layout;

import io.aquifer.wal.device.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The two places of the superblock on a device. They are written in turn, so that one is always whole, and told apart
 * by their sequence numbers: clocks of two hosts can't be compared.
 */
public final class SuperblockSlots {

    private final BlockDevice device;
    private final ByteBuffer buffer;

    /**
     * @param buffer of {@link Superblock#SIZE} bytes, aligned for the device; used by this object alone
     */
    public SuperblockSlots(BlockDevice device, ByteBuffer buffer) {
        this.device = device;
        this.buffer = buffer;
    }

    /**
     * The current superblock.
     *
     * @throws UnsupportedWalVersionException if a newer version wrote either of them: the other one, though it can be
     *     read, is stale, and going by it would overwrite what is needed
     * @throws WalFormatException if neither slot holds a valid one: the cause of the slot that came closest
     */
    public Superblock read() throws IOException {
        Superblock current = null;
        WalFormatException problem = null;
        for (int slot = 0; slot < 2; slot++) {
            try {
                Superblock found = read(slot);
                if (current == null || found.sequence() > current.sequence()) {
                    current = found;
                }
            } catch (UnsupportedWalVersionException e) {
                throw e;
            } catch (WalFormatException e) {
                problem = graver(problem, e);
            }
        }
        if (current != null) {
            return current;
        }
        if (problem == null || problem instanceof NotAWalException) {
            throw new NotAWalException("there is no WAL on " + device.path() + ": neither of its first two blocks of "
                    + Superblock.SIZE
                    + " bytes is an Aquifer superblock. Make one with `aquifer wal format`, if this is"
                    + " the right device");
        }
        throw problem;
    }

    private Superblock read(int slot) throws IOException {
        buffer.clear().limit(Superblock.SIZE);
        device.read((long) slot * Superblock.SIZE, buffer);
        buffer.flip();
        return Superblock.readFrom(buffer, "slot " + slot + " of " + device.path());
    }

    /** {@link BlockDevice#writesFlush} of the device. */
    public boolean writesFlush() {
        return device.writesFlush();
    }

    private static WalFormatException graver(@Nullable WalFormatException a, WalFormatException b) {
        return a == null || a instanceof NotAWalException ? b : a;
    }

    /** Writes {@code superblock} into the slot that its sequence number names, and makes it durable. */
    public void write(Superblock superblock) throws IOException {
        buffer.clear().limit(Superblock.SIZE);
        superblock.writeTo(buffer);
        buffer.flip();
        write(superblock.sequence() % 2);
    }

    /** Leaves no superblock on the device, durably. Cut off, it leaves the current one or none. */
    public void erase() throws IOException {
        long stale = staleSlot();
        buffer.clear().limit(Superblock.SIZE);
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0);
        }
        buffer.flip();
        write(stale);
        buffer.flip();
        write(1 - stale);
    }

    private long staleSlot() throws IOException {
        try {
            return (read().sequence() + 1) % 2;
        } catch (WalFormatException e) {
            return 0;
        }
    }

    private void write(long slot) throws IOException {
        device.write(slot * Superblock.SIZE, buffer);
        if (!device.writesAreDurable()) {
            device.sync();
        }
    }
}
