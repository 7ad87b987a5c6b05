package io.aquifer.wal.upload;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.OwnershipTerms;
import io.aquifer.format.Takeovers;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectInfo;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.format.WalSeal;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.ForeignWalException;
import io.aquifer.wal.Wal;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.ScanResult;
import io.aquifer.wal.recovery.WalIndex;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Takes over the WAL of another broker: ends its sequences in the bucket, so that the broker stops acknowledging, and puts there
 * what only the device holds. Whoever does it a second time, in another process too, finds what was done and goes on.
 *
 * <p>Epochs count in generations: the lower half of an epoch counts the openings of one device, the upper half how often the
 * broker went on with another one, or after a takeover. The last epoch of a generation, which no opening reaches, is that of the
 * takeover: what the owner didn't upload gets its objects there, and its seal says that this is all.
 *
 * <p>Used by one thread.
 */
public final class WalTakeover {

    private static final long OPENINGS = 0xFFFF_FFFFL;
    private static final UploadSettings UPLOADS =
            new UploadSettings(16 << 20, Duration.ZERO, 4, Duration.ofMillis(100), Duration.ofSeconds(5));

    private final ObjectStore store;
    private final WalChain chain;
    private final WalObjects objects;
    private final Takeovers takeovers;
    private final UploadSettings settings;
    private final UploadObserver observer;
    private final LongSupplier clock;
    private final LongConsumer sleep;
    private final WalEpoch taken;
    private final int taker;
    private final UUID sealer = UUID.randomUUID();

    /**
     * @param taken the broker, and the epoch of the takeover
     * @param taker node id of the broker that takes it over; its owner's own when that goes on with another device
     * @param clock nanoseconds that go on while the machine sleeps
     * @param sleep waits for nanoseconds, or until this thread is unparked
     */
    public WalTakeover(
            ObjectStore store,
            ClusterKeys keys,
            WalEpoch taken,
            int taker,
            UploadSettings settings,
            UploadObserver observer,
            LongSupplier clock,
            LongConsumer sleep) {
        this.store = store;
        this.chain = new WalChain(store, keys);
        this.objects = new WalObjects(store, keys);
        this.takeovers = new Takeovers(store, keys);
        this.settings = settings;
        this.observer = observer;
        this.clock = clock;
        this.sleep = sleep;
        this.taken = taken;
        this.taker = taker;
    }

    /** As above, for a process that does nothing else. */
    public static WalTakeover of(ObjectStore store, ClusterKeys keys, WalEpoch taken, int taker) {
        return new WalTakeover(
                store, keys, taken, taker, UPLOADS, UploadObserver.NONE, System::nanoTime, LockSupport::parkNanos);
    }

    /** Whether an epoch is that of a takeover: no broker writes blocks in it. */
    public static boolean isOfTakeover(long epoch) {
        return (epoch & OPENINGS) == OPENINGS;
    }

    /** The epoch of the takeover that ends the generation of {@code epoch}. */
    public static long epochFor(long epoch) {
        return epoch | OPENINGS;
    }

    /** The first epoch of the generation behind that of {@code epoch}. */
    public static long nextGeneration(long epoch) {
        return epochFor(epoch) + 1;
    }

    /**
     * The epoch of the takeover of a broker's WAL as it is now, whether that has begun or not.
     *
     * @return nothing if the bucket knows nothing of that broker
     */
    public static Optional<WalEpoch> of(ObjectStore store, ClusterKeys keys, int nodeId) throws IOException {
        SortedSet<Long> epochs = StoreWait.untilDone(new Takeovers(store, keys).epochs(nodeId));
        for (WalRun run : StoreWait.untilDone(new WalChain(store, keys).runs(nodeId))) {
            epochs.add(run.epoch());
        }
        return epochs.isEmpty() ? Optional.empty() : Optional.of(new WalEpoch(nodeId, epochFor(epochs.last())));
    }

    /** Epochs of the generation that is taken over, those too in which the owner may still begin, each with its run if it has one. */
    private SortedMap<Long, Optional<WalRun>> generation() throws IOException {
        SortedMap<Long, Optional<WalRun>> epochs = new TreeMap<>();
        for (long epoch : StoreWait.untilDone(takeovers.epochs(taken.nodeId()))) {
            epochs.put(epoch, Optional.empty());
        }
        for (WalRun run : StoreWait.untilDone(chain.runs(taken.nodeId()))) {
            epochs.put(run.epoch(), Optional.of(run));
            run.seal()
                    .map(WalSeal::continuedIn)
                    .ifPresent(next -> next.ifPresent(epoch -> epochs.putIfAbsent(epoch, Optional.empty())));
        }
        if (!epochs.isEmpty() && epochs.lastKey() > taken.epoch()) {
            throw new ForeignWalException("broker " + taken.nodeId() + " has gone on with another WAL, in epoch "
                    + epochs.lastKey() + ": there is nothing left to be taken over");
        }
        epochs.keySet().removeIf(epoch -> epochFor(epoch) != taken.epoch() || epoch == taken.epoch());
        return epochs;
    }

    /**
     * Ends all sequences of the WAL. From then on its owner can neither upload nor confirm that the WAL is its own; what it
     * confirmed before may still serve it for as long as {@link #leaseMs} says.
     *
     * @throws ForeignWalException if the broker has gone on with another WAL
     */
    public void seal() throws IOException {
        boolean sealedOne = true;
        while (sealedOne) {
            sealedOne = false;
            for (Map.Entry<Long, Optional<WalRun>> epoch : generation().entrySet()) {
                Optional<WalRun> run = epoch.getValue();
                if (run.isEmpty() || run.get().seal().isEmpty()) {
                    WalObjectName next =
                            run.map(WalRun::next).orElse(new WalObjectName(taken.nodeId(), epoch.getKey(), 0));
                    seal(next, walId(epoch.getKey(), run));
                    sealedOne = true;
                }
            }
        }
    }

    /** Where something else is there already, the next look at the bucket says what. */
    private void seal(WalObjectName next, UUID walId) throws IOException {
        WalSeal seal = WalSeal.takenOver(next, walId, sealer, taker, Instant.now());
        PutResult unused = StoreWait.untilDone(chain.seal(seal));
    }

    private UUID walId(long epoch, Optional<WalRun> run) throws IOException {
        Optional<WalSeal> seal = run.flatMap(WalRun::seal);
        if (seal.isPresent()) {
            return seal.get().walId();
        }
        if (run.isPresent()) {
            WalObjectName last = run.get().object(run.get().end() - 1);
            return StoreWait.untilDone(objects.open(last)).info().walId();
        }
        Optional<OwnershipTerms> terms = terms(epoch);
        return terms.isPresent() ? terms.get().walId() : walIdContinuedIn(epoch);
    }

    /** Of an epoch of which there is nothing yet but the seal that says that the owner goes on there. */
    private UUID walIdContinuedIn(long epoch) throws IOException {
        for (WalRun run : StoreWait.untilDone(chain.runs(taken.nodeId()))) {
            Optional<WalSeal> seal =
                    run.seal().filter(found -> found.continuedIn().equals(OptionalLong.of(epoch)));
            if (seal.isPresent()) {
                return seal.get().walId();
            }
        }
        throw new IOException("the bucket has nothing of epoch " + epoch + " of broker " + taken.nodeId()
                + ", though it had a moment ago");
    }

    private Optional<OwnershipTerms> terms(long epoch) throws IOException {
        return StoreWait.untilDone(takeovers.terms(new WalEpoch(taken.nodeId(), epoch)));
    }

    /**
     * How long the owner may still acknowledge once all is sealed, in ms.
     *
     * @return nothing when time doesn't end its ownership, or it didn't say so: then it has to be cut off from the device
     */
    public OptionalLong leaseMs() throws IOException {
        SortedMap<Long, Optional<WalRun>> epochs = generation();
        // Only one process has the device at a time, and what it uploads of earlier epochs it uploads on its own terms.
        Optional<OwnershipTerms> newest = epochs.isEmpty() ? Optional.empty() : terms(epochs.lastKey());
        return newest.map(OwnershipTerms::leaseMs).orElse(OptionalLong.empty());
    }

    /** Whether all that there will ever be of the WAL is in the bucket. */
    public boolean isUploaded() throws IOException {
        return walIdWhenUploaded().isPresent();
    }

    /** The id of the WAL once all that there will ever be of it is in the bucket. */
    public Optional<UUID> walIdWhenUploaded() throws IOException {
        return StoreWait.untilDone(chain.run(taken.nodeId(), taken.epoch()))
                .flatMap(WalRun::seal)
                .map(WalSeal::walId);
    }

    /**
     * Settles that what the owner didn't upload is lost, once that one can't acknowledge any more: as {@link #upload}, without a
     * device.
     */
    public void giveUpRest() throws IOException {
        long newest = generation().lastKey();
        UUID walId = walId(newest, StoreWait.untilDone(chain.run(taken.nodeId(), newest)));
        while (!isUploaded()) {
            Optional<WalRun> rest = StoreWait.untilDone(chain.run(taken.nodeId(), taken.epoch()));
            seal(rest.map(WalRun::next).orElse(new WalObjectName(taken.nodeId(), taken.epoch(), 0)), walId);
        }
    }

    /**
     * Puts into the bucket what the device holds and its owner didn't, once that one can't acknowledge any more.
     *
     * @param device of the WAL, which is only read
     * @throws ForeignWalException if it isn't the one that the broker used last
     */
    public void upload(BlockDevice device) throws IOException {
        try (AlignedMemory memory = AlignedMemory.system();
                AlignedMemory readBack = AlignedMemory.system()) {
            Superblock superblock = new SuperblockSlots(device, memory.allocate(Superblock.SIZE)).read();
            requireNewest(device, superblock);
            ScanResult scan = Wal.scan(device, superblock, new WalIndex());
            Lease unenforced = new Lease(clock, 0, false);
            try (BlockReader reader = new BlockReader(device, superblock, readBack)) {
                UploadContext context = new UploadContext(
                        superblock,
                        new BlockSource(new HeldBlocks(unenforced), reader),
                        objects,
                        chain,
                        settings,
                        unenforced,
                        observer,
                        wakeUp());
                while (!isUploaded()) {
                    upload(context, scan.end());
                }
            }
        }
    }

    private static Runnable wakeUp() {
        Thread waiting = Thread.currentThread();
        return () -> LockSupport.unpark(waiting);
    }

    /**
     * Makes sure that a device is the one that the broker used last.
     *
     * @throws ForeignWalException if it isn't
     */
    public void requireNewest(BlockDevice device, Superblock superblock) throws IOException {
        SortedMap<Long, Optional<WalRun>> epochs = generation();
        long newest = epochs.isEmpty() ? 0 : epochs.lastKey();
        UUID known =
                epochs.isEmpty() ? superblock.walId() : walId(newest, epochs.getOrDefault(newest, Optional.empty()));
        if (superblock.nodeId() != taken.nodeId()
                || !superblock.walId().equals(known)
                || superblock.epoch() < newest
                || superblock.epoch() >= taken.epoch()) {
            throw new ForeignWalException(
                    "the device " + device.path() + " has WAL " + superblock.walId() + " of broker "
                            + superblock.nodeId() + " in epoch " + superblock.epoch() + ", and the " + store.name()
                            + " knows WAL " + known + " of broker " + taken.nodeId() + " in epoch " + newest
                            + ": attach the device that this broker used last");
        }
    }

    /** Once through, from where the bucket ends; another taker may be at it too. */
    private void upload(UploadContext context, long end) throws IOException {
        Optional<WalRun> rest = StoreWait.untilDone(chain.run(taken.nodeId(), taken.epoch()));
        long position = Math.max(uploadedEnd(), context.opened().trimPosition());
        WalObjectName first = rest.map(WalRun::next).orElse(new WalObjectName(taken.nodeId(), taken.epoch(), 0));
        EpochUpload upload =
                new EpochUpload(context, first, first.sequence() + settings.objectsInFlight(), position, false);
        boolean overtaken = upload.step(end, true).isPresent();
        while (!overtaken && (upload.uploaded() < end || !upload.isIdle())) {
            pause(upload.nextAt() - context.now());
            overtaken = upload.step(end, true).isPresent();
        }
        if (overtaken) {
            upload.cancel();
        } else {
            seal(upload.next(), context.opened().walId());
        }
    }

    private void pause(long nanos) throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("interrupted while a WAL was taken over");
        }
        if (nanos > 0) {
            sleep.accept(nanos);
        }
    }

    /** The position behind the last block of this WAL that is in the bucket, or 0. */
    private long uploadedEnd() throws IOException {
        long end = 0;
        for (WalRun run : StoreWait.untilDone(chain.runs(taken.nodeId()))) {
            List<WalObjectName> left = run.objects();
            if (epochFor(run.epoch()) == taken.epoch() && !left.isEmpty()) {
                end = Math.max(end, endOf(left.get(left.size() - 1)));
            }
        }
        return end;
    }

    private long endOf(WalObjectName name) throws IOException {
        try {
            WalObjectInfo info = StoreWait.untilDone(objects.open(name)).info();
            return info.endPosition();
        } catch (ObjectNotFoundException e) {
            throw new IOException("'" + name + "' in " + store.name() + " was collected meanwhile; try again", e);
        }
    }
}
