package io.aquifer.wal.upload;

import io.aquifer.format.OwnershipTerms;
import io.aquifer.format.Takeovers;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.object.PutResult;
import io.aquifer.wal.append.Custodian.Standing;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.recovery.EpochExtent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes the durable blocks of a WAL to S3, and knows by that whose the WAL is.
 *
 * <p>It starts no thread: a driver calls {@link #step} whenever there may be something to do. {@link UploadThread} drives it
 * against a real store; the simulation drives it with a seed. Only what {@link #uploaded} answers may be asked by others.
 *
 * <p>Ownership is proved by every object that is created where nothing was, as long as all in front of it are there, and while
 * there is nothing to upload by the next number being free. Whoever finds that number taken by another has lost the WAL.
 */
public final class WalUploader {

    private final WriteAheadLog log;
    private final UploadContext context;
    private final HeldBlocks held;
    private final BlockReader reader;
    private final Succession succession;
    private @Nullable Repeated<PutResult> terms;
    private @Nullable EpochUpload upload;
    private @Nullable Repeated<Look> look;
    private EpochUpload.@Nullable Taken taken;
    private long confirmAt;
    private boolean resumed;
    private boolean finishing;
    private final UploadLag lag = new UploadLag();
    private volatile long uploaded;

    /**
     * @param device of the WAL, for blocks whose memory was given up
     * @param memory for reading them; closed with this
     * @param held the log's custodian
     * @param extents what the log was found to hold when it was opened
     * @param wakeUp called by any thread when an answer of the store is here
     */
    public WalUploader(
            WriteAheadLog log,
            BlockDevice device,
            AlignedMemory memory,
            HeldBlocks held,
            Lease lease,
            List<EpochExtent> extents,
            WalObjects objects,
            WalChain chain,
            Takeovers takeovers,
            UploadSettings settings,
            UploadObserver observer,
            Runnable wakeUp)
            throws IOException {
        this.log = log;
        this.held = held;
        this.reader = new BlockReader(device, log.superblock(), memory);
        BlockSource source = new BlockSource(held, reader);
        this.context = new UploadContext(log.superblock(), source, objects, chain, settings, lease, observer, wakeUp);
        this.succession = new Succession(context, extents, log.superblock().epochStart(), UUID.randomUUID());
        WalEpoch epoch =
                new WalEpoch(log.superblock().nodeId(), log.superblock().epoch());
        OwnershipTerms stated = new OwnershipTerms(epoch, log.superblock().walId(), lease.lengthMs());
        this.terms = new Repeated<>(
                "saying on which terms broker " + epoch.nodeId() + " owns its WAL",
                context,
                () -> takeovers.create(stated));
        this.uploaded = succession.uploaded();
        this.confirmAt = context.now();
    }

    /** Position below which every block is in S3. */
    public long uploaded() {
        return uploaded;
    }

    /** Nanoseconds since what isn't in S3 yet began to become durable; 0 where everything is there. */
    public long lagNanos() {
        return lag.nanos(context.now());
    }

    /** Bytes of memory that wait for their upload. */
    public long heldBytes() {
        return held.bytes();
    }

    /** From now on what there is doesn't wait for more: the end is near. Called by the driver. */
    public void finish() {
        finishing = true;
    }

    /**
     * Does what there is to do.
     *
     * @return nanoseconds until there may be something to do, if neither an answer nor a block comes before
     */
    public long step() {
        if (log.failure() != null) {
            return Long.MAX_VALUE;
        }
        try {
            if (context.lease().standing() == Standing.LOST) {
                throw held.loss();
            }
            lag.durable(log.durablePosition(), context.now());
            long next = stepOwned();
            lag.uploaded(uploaded);
            if (!resumed && context.lease().standing() == Standing.HELD) {
                resumed = true;
                log.resume();
            }
            return next == Long.MAX_VALUE ? next : Math.max(0, next - context.now());
        } catch (IOException e) {
            log.fail(e);
            return Long.MAX_VALUE;
        }
    }

    private long stepOwned() throws IOException {
        Repeated<PutResult> stating = terms;
        if (stating != null) {
            Optional<PutResult> stated = stating.poll();
            if (stated.isEmpty()) {
                return stating.nextAt();
            }
            if (stated.get() == PutResult.OTHER_EXISTS) {
                throw new OwnershipLostException(
                        "another process has opened WAL " + context.opened().walId() + " in epoch "
                                + context.opened().epoch()
                                + ": it is in use twice, or this is an older copy of it. Attach the device that was in use"
                                + " last",
                        null);
            }
            terms = null;
        }
        EpochUpload running = upload;
        if (running == null) {
            boolean over = succession.step();
            uploaded = succession.uploaded();
            if (!over) {
                return succession.nextAt();
            }
            long start = context.opened().epochStart();
            WalObjectName first = new WalObjectName(
                    context.opened().nodeId(), context.opened().epoch(), 0);
            running = new EpochUpload(context, first, 1, start, true);
            upload = running;
        }
        if (taken == null) {
            taken = running.step(log.durablePosition(), finishing).orElse(null);
            uploaded = running.uploaded();
        }
        if (taken != null) {
            return lookAt(taken.name());
        }
        return Math.min(running.nextAt(), confirm(running));
    }

    /** The ownership is lost; all that is left is to say to whom. */
    private long lookAt(WalObjectName name) throws IOException {
        context.lease()
                .lose(new OwnershipLostException(
                        "another process has written " + name
                                + ", the next WAL object of this one: the WAL isn't its any more",
                        null));
        if (look == null) {
            look = Look.at(name, context);
        }
        Optional<Look> found = look.poll();
        if (found.isPresent() || look.sentBefore()) {
            throw lost(name, found);
        }
        return look.nextAt();
    }

    private static OwnershipLostException lost(WalObjectName name, Optional<Look> found) {
        String what = found.flatMap(Look::seal)
                .map(seal -> seal.inWords())
                .orElse(name + ", its next WAL object, was written by another process");
        return new OwnershipLostException(
                "the WAL isn't this process's any more: " + what
                        + ". What it has acknowledged is with whoever did that; stop this broker for good, or attach the device"
                        + " that was in use last",
                null);
    }

    /** Confirms the ownership while nothing is on its way that does. Answers when there is something to do for that. */
    private long confirm(EpochUpload running) throws IOException {
        long now = context.now();
        if (look == null) {
            if (!running.isIdle()) {
                confirmAt = now + context.lease().renewalNanos();
                return Long.MAX_VALUE;
            }
            if (now - confirmAt < 0) {
                return confirmAt;
            }
            look = Look.at(running.next(), context);
        }
        Repeated<Look> asked = look;
        Optional<Look> found = asked.poll();
        if (found.isEmpty()) {
            return asked.nextAt();
        }
        look = null;
        confirmAt = asked.sentAt() + context.lease().renewalNanos();
        if (!found.get().exists()) {
            context.lease().renew(asked.sentAt());
        } else if (found.get().name().equals(running.next()) && running.isIdle()) {
            throw lost(found.get().name(), found);
        }
        return confirmAt;
    }

    /** Whether the WAL has failed, and nothing is uploaded any more. */
    public boolean isOver() {
        return log.failure() != null;
    }

    /** Whether everything that is durable is in S3. */
    public boolean isFinished() {
        EpochUpload running = upload;
        return running != null && running.isIdle() && uploaded == log.durablePosition();
    }

    /** Ends what is on its way and gives memory back. Whether the last objects came to be is unknown. */
    public void close() throws IOException {
        if (terms != null) {
            terms.cancel();
        }
        succession.cancel();
        if (upload != null) {
            upload.cancel();
        }
        held.close();
        reader.close();
    }
}
