package io.aquifer.takeover;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.TakeoverState;
import io.aquifer.format.Takeovers;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalRun;
import io.aquifer.format.WalSeal;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.WalFormatter;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.upload.WalTakeover;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a broker back whose WAL is taken over, until its partitions are with their new owners, and gives it an empty WAL then.
 *
 * <p>Before that, the cluster takes it for one that may have all that was acknowledged: it would be elected, and begin its
 * partitions at offset 0.
 */
public final class ReturningWal {

    private static final Logger LOG = LoggerFactory.getLogger(ReturningWal.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final WalOwner owner;

    public ReturningWal(ObjectStore store, ClusterKeys keys, WalOwner owner) {
        this.store = store;
        this.keys = keys;
        this.owner = owner;
    }

    /**
     * Returns when the broker may go on with the WAL on {@code device}, which is formatted anew if that was taken over.
     *
     * @throws IOException if the bucket can't be read or the device not written, or this thread is interrupted
     */
    public void await(BlockDevice device) throws IOException {
        try (AlignedMemory memory = AlignedMemory.system()) {
            Superblock found = new SuperblockSlots(device, memory.allocate(Superblock.SIZE)).read();
            if (!owner.equals(new WalOwner(found.clusterId(), found.nodeId()))) {
                return;
            }
            Optional<WalSeal> seal = lastSeal().filter(last -> isTakenOver(last, found));
            if (seal.isPresent()) {
                WalEpoch taken = new WalEpoch(
                        owner.nodeId(), WalTakeover.epochFor(seal.get().name().epoch()));
                awaitCompletion(taken, seal.get());
                long next = WalTakeover.nextGeneration(taken.epoch());
                Superblock begun = WalFormatter.format(device, memory, owner, next);
                LOG.warn(
                        "The WAL on {} was taken over: its partitions are with other brokers. It begins anew as WAL {} in"
                                + " epoch {}",
                        device.path(),
                        begun.walId(),
                        next);
            }
        }
    }

    private Optional<WalSeal> lastSeal() throws IOException {
        List<WalRun> runs = StoreWait.untilDone(new WalChain(store, keys).runs(owner.nodeId()));
        return runs.isEmpty() ? Optional.empty() : runs.get(runs.size() - 1).seal();
    }

    private static boolean isTakenOver(WalSeal seal, Superblock found) {
        return seal.continuedIn().isEmpty()
                && !seal.isMove()
                && found.epoch() < WalTakeover.nextGeneration(seal.name().epoch());
    }

    private void awaitCompletion(WalEpoch taken, WalSeal seal) throws IOException {
        Takeovers takeovers = new Takeovers(store, keys);
        Optional<TakeoverState> said = Optional.empty();
        boolean first = true;
        while (true) {
            Optional<TakeoverState> state =
                    StoreWait.untilDone(takeovers.list()).of(taken);
            if (state.isPresent() && state.get().complete()) {
                return;
            }
            if (first || !state.equals(said)) {
                LOG.warn(
                        "This broker's WAL is taken over: {}. The broker goes on once its partitions are with their new"
                                + " owners; so far: {}",
                        seal.inWords(),
                        state);
            }
            first = false;
            said = state;
            LockSupport.parkNanos(this, LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new IOException("Interrupted while this broker's WAL was taken over");
            }
        }
    }
}
