package io.aquifer.wal.upload;

import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectInfo;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalRun;
import io.aquifer.format.WalSeal;
import io.aquifer.object.PutResult;
import io.aquifer.wal.recovery.EpochExtent;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an opening does before its own epoch begins in S3: it puts there what the WAL still holds of earlier epochs, under the
 * next numbers of theirs, and seals the sequence of each as continued in the next one.
 *
 * <p>An earlier process of this broker may have died with requests on their way, which can take effect at any moment: an object
 * is found under a number that was free a moment ago. Then the bucket is looked at again, and it goes on from there, as long as
 * what is found is this WAL's own and goes on from what is in front of it.
 */
final class Succession {

    private final UploadContext context;
    private final List<EpochExtent> extents;
    private final UUID sealer;
    private final int nodeId;
    private final UUID walId;
    private final long epoch;
    private final long end;
    private final TreeSet<Long> pending = new TreeSet<>();

    private @Nullable Repeated<List<WalRun>> listing;
    private @Nullable WalRun last;
    private @Nullable Repeated<WalObjectIndex> lastObject;
    private @Nullable EpochUpload upload;
    private @Nullable WalSeal seal;
    private @Nullable Repeated<PutResult> sealing;
    private EpochUpload.@Nullable Taken taken;
    private @Nullable Repeated<Look> look;
    private @Nullable Repeated<WalObjectIndex> takenObject;

    private long uploaded;

    /**
     * @param extents what the WAL holds of earlier epochs, the oldest first
     * @param end where it ends
     * @param sealer made anew for this opening
     */
    Succession(UploadContext context, List<EpochExtent> extents, long end, UUID sealer) {
        this.context = context;
        this.extents = extents;
        this.sealer = sealer;
        this.nodeId = context.opened().nodeId();
        this.walId = context.opened().walId();
        this.epoch = context.opened().epoch();
        this.end = end;
        this.uploaded = context.opened().trimPosition();
        list();
    }

    private void list() {
        pending.clear();
        last = null;
        lastObject = null;
        upload = null;
        seal = null;
        sealing = null;
        taken = null;
        look = null;
        takenObject = null;
        listing = new Repeated<>(
                "looking for WAL objects of broker " + nodeId,
                context,
                () -> context.chain().runs(nodeId));
    }

    /** Position below which everything is in S3. */
    long uploaded() {
        return uploaded;
    }

    /**
     * Does what there is to do.
     *
     * @return true when the own epoch may begin
     * @throws IOException if the WAL can't go on
     */
    boolean step() throws IOException {
        boolean going = true;
        while (going) {
            if (listing != null) {
                going = listed(listing.poll());
            } else if (lastObject != null) {
                going = opened(lastObject.poll());
            } else if (look != null) {
                going = looked(look.poll());
            } else if (takenObject != null) {
                going = lookedInto(takenObject.poll());
            } else if (sealing != null) {
                going = sealed(sealing.poll());
            } else if (upload != null) {
                going = upload(upload);
            } else if (pending.isEmpty()) {
                uploaded = end;
                context.source().uploaded(end);
                return true;
            } else {
                begin(new WalObjectName(nodeId, pending.first(), 0), Long.MIN_VALUE);
            }
        }
        return false;
    }

    private boolean listed(Optional<List<WalRun>> answer) throws IOException {
        if (answer.isEmpty()) {
            return false;
        }
        listing = null;
        List<WalRun> runs = answer.get();
        last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        long finished = -1;
        if (last != null) {
            ensureEarlier(last);
            finished = last.seal().isPresent() ? finishedBy(last.seal().get()) : last.epoch() - 1;
        }
        for (EpochExtent extent : extents) {
            if (extent.epoch() > finished) {
                pending.add(extent.epoch());
            }
        }
        if (last != null && last.seal().isEmpty()) {
            pending.add(last.epoch());
            WalObjectName newest = last.object(last.end() - 1);
            lastObject = new Repeated<>(
                    "reading WAL object " + newest,
                    context,
                    () -> context.objects().open(newest));
        }
        return true;
    }

    private void ensureEarlier(WalRun run) throws OwnershipLostException {
        if (run.epoch() >= epoch) {
            Optional<WalSeal> taken =
                    run.seal().filter(seal -> seal.continuedIn().isEmpty());
            if (taken.isPresent()) {
                throw lost(taken.get());
            }
            throw new OwnershipLostException(
                    "the bucket has WAL objects of broker " + nodeId + " of epoch " + run.epoch() + ", this is epoch "
                            + epoch + " of WAL " + walId + ": a copy of this WAL, or another one, was in use since."
                            + " Attach the device that was in use last",
                    null);
        }
    }

    /** Up to which epoch a seal says that everything is in S3. */
    private long finishedBy(WalSeal found) throws OwnershipLostException {
        OptionalLong next = found.continuedIn();
        if (next.isEmpty()) {
            if (epoch >= WalTakeover.nextGeneration(found.name().epoch())) {
                return found.name().epoch();
            }
            throw lost(found);
        }
        if (!found.walId().equals(walId)) {
            throw foreign(found.name(), found.walId());
        }
        if (next.getAsLong() >= epoch) {
            throw lost(found);
        }
        pending.add(next.getAsLong());
        return found.name().epoch();
    }

    private static OwnershipLostException lost(WalSeal found) {
        return new OwnershipLostException(
                "the WAL isn't this process's any more: " + found.inWords()
                        + ". What this broker has acknowledged is with whoever sealed it; don't start it with this WAL again",
                null);
    }

    private OwnershipLostException foreign(WalObjectName name, UUID found) {
        return new OwnershipLostException(
                "the bucket has " + name + " of WAL " + found + ", and this broker's device holds WAL " + walId
                        + ": it was formatted while the bucket still had objects of the one before, or isn't this broker's."
                        + " Attach the device that was in use last, or give the broker another node id",
                null);
    }

    private boolean opened(Optional<WalObjectIndex> answer) throws IOException {
        if (answer.isEmpty()) {
            return false;
        }
        lastObject = null;
        WalObjectInfo info = answer.get().info();
        if (!info.walId().equals(walId)) {
            throw foreign(info.name(), info.walId());
        }
        long known = endOf(info.name().epoch());
        if (info.endPosition() > known) {
            throw new OwnershipLostException(
                    "the bucket has " + info.name() + " with blocks up to position " + info.endPosition()
                            + ", and the WAL has blocks of that epoch up to " + known
                            + ": the device has lost what was durable, or is an older copy. Attach the device that was in use"
                            + " last",
                    null);
        }
        begin(new WalObjectName(nodeId, info.name().epoch(), info.name().sequence() + 1), info.endPosition());
        return true;
    }

    /** @param from position from which on the blocks of that epoch aren't in S3, if the WAL holds them */
    private void begin(WalObjectName first, long from) {
        long position = Math.max(from, startOf(first.epoch()));
        uploaded = Math.max(uploaded, position);
        upload = new EpochUpload(
                context, first, first.sequence() + context.settings().objectsInFlight(), position, false);
    }

    private long startOf(long wanted) {
        return extents.stream()
                .filter(extent -> extent.epoch() >= wanted)
                .findFirst()
                .map(EpochExtent::start)
                .orElse(end);
    }

    private long endOf(long wanted) {
        return extents.stream()
                .filter(extent -> extent.epoch() > wanted)
                .findFirst()
                .map(EpochExtent::start)
                .orElse(end);
    }

    private boolean upload(EpochUpload running) throws IOException {
        long finish = endOf(running.next().epoch());
        taken = running.step(finish, true).orElse(null);
        uploaded = Math.max(uploaded, running.uploaded());
        if (taken != null) {
            running.cancel();
            look = Look.at(taken.name(), context);
            return true;
        }
        if (!running.isIdle() || running.uploaded() < finish) {
            return false;
        }
        Long next = pending.higher(running.next().epoch());
        WalSeal made = WalSeal.continued(running.next(), walId, sealer, next == null ? epoch : next, Instant.now());
        seal = made;
        sealing = new Repeated<>(
                "sealing epoch " + made.name().epoch(),
                context,
                () -> context.chain().seal(made));
        return true;
    }

    private boolean sealed(Optional<PutResult> answer) {
        if (answer.isEmpty() || sealing == null || seal == null) {
            return false;
        }
        if (answer.get() == PutResult.OTHER_EXISTS) {
            taken = new EpochUpload.Taken(seal.name(), uploaded);
            look = Look.at(seal.name(), context);
            sealing = null;
            return true;
        }
        context.observer().sealed(seal.name().epoch(), seal.name().sequence());
        pending.remove(seal.name().epoch());
        sealing = null;
        seal = null;
        upload = null;
        return true;
    }

    private boolean looked(Optional<Look> answer) throws IOException {
        if (answer.isEmpty()) {
            return false;
        }
        look = null;
        Look found = answer.get();
        if (found.seal().isPresent()) {
            WalSeal other = found.seal().get();
            if (!other.walId().equals(walId) || other.continuedIn().orElse(epoch) >= epoch) {
                throw lost(other);
            }
        }
        if (found.exists() && found.seal().isEmpty()) {
            takenObject = new Repeated<>(
                    "reading WAL object " + found.name(),
                    context,
                    () -> context.objects().open(found.name()));
        } else {
            list();
        }
        return true;
    }

    /** An object that an earlier process had on its way. */
    private boolean lookedInto(Optional<WalObjectIndex> answer) throws IOException {
        if (answer.isEmpty() || taken == null) {
            return false;
        }
        WalObjectInfo info = answer.get().info();
        if (!info.walId().equals(walId)) {
            throw foreign(info.name(), info.walId());
        }
        if (info.firstPosition() != taken.position()) {
            throw new OwnershipLostException(
                    "the bucket has " + info.name() + " with blocks from position " + info.firstPosition()
                            + ", where those from " + taken.position()
                            + " on come next: another process writes this WAL's objects, or aquifer.wal.upload.bytes was changed"
                            + " while some were on their way. Set it back and restart the broker",
                    null);
        }
        list();
        return true;
    }

    /** When there is something to do even if no answer comes. */
    long nextAt() {
        for (Repeated<?> each : new Repeated<?>[] {listing, lastObject, look, takenObject, sealing}) {
            if (each != null) {
                return each.nextAt();
            }
        }
        return upload == null ? Long.MAX_VALUE : upload.nextAt();
    }

    void cancel() {
        for (Repeated<?> each : new Repeated<?>[] {listing, lastObject, look, takenObject, sealing}) {
            if (each != null) {
                each.cancel();
            }
        }
        if (upload != null) {
            upload.cancel();
        }
    }
}
