package io.aquifer.sim;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.Takeovers;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreException;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.wal.DirectoryIds;
import io.aquifer.wal.Wal;
import io.aquifer.wal.WalOpening;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.upload.HeldBlocks;
import io.aquifer.wal.upload.Lease;
import io.aquifer.wal.upload.OwnershipLostException;
import io.aquifer.wal.upload.UploadObserver;
import io.aquifer.wal.upload.UploadSettings;
import io.aquifer.wal.upload.WalTakeover;
import io.aquifer.wal.upload.WalUploader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * One life of a WAL whose blocks go to a bucket, decided by one seed, on one thread.
 *
 * <h2>What happens</h2>
 *
 * <p>As in {@link WalSimulation} a small ring is opened, recovered and used, and its blocks are written in any order. Beside it
 * the uploader is stepped, or not for a long while. Requests to the store overtake each other, are lost, lose their answers, come
 * into effect very late, the death of who sent them included; at times all of them fail. The ring is trimmed behind what the
 * uploader says is in S3. The machine loses power and the process is killed at any step, and what is found is opened again. In
 * some lives the lease is enforced; there another broker may seal the chain at any moment, and waits for the lease.
 *
 * <h2>What must hold</h2>
 *
 * <p>After every step: what a reader finds who follows the chain is, object behind object without a gap, what was appended; what
 * was trimmed is in it; nothing is acknowledged any more once a taker has waited. After every recovery: what was acknowledged and
 * isn't trimmed is found. At the end of a life without a taker: once the store answers, everything durable is in the chain and all
 * memory was given back.
 */
final class UploadSimulation {

    private static final WalOwner OWNER = new WalOwner("cluster", 1);
    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final UUID WAL_ID = new UUID(7, 7);
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final RandomGenerator random;
    private final History history = new History();
    private final SimulatedClock clock = SimulatedClock.driven();
    private final Instant start = clock.now();
    private final SimulatedBucket bucket = new SimulatedBucket();
    private final Temper temper;
    private final boolean enforced;
    private final UploadSettings settings;
    private final double faultRate;
    private final UploadedChain chain;
    private SimulatedBlockDevice device;
    private boolean away;
    private boolean taken;
    private Instant takenAt = Instant.MAX;

    UploadSimulation(RandomGenerator random) throws IOException {
        this.random = random;
        this.temper = Temper.of(random);
        this.enforced = random.nextBoolean();
        this.faultRate = random.nextInt(4) == 0 ? 0 : random.nextDouble(0.3);
        this.settings = new UploadSettings(
                temper.blockSize() * random.nextInt(1, 18),
                Duration.ofMillis(random.nextInt(0, 1500)),
                random.nextInt(1, 5),
                Duration.ofMillis(50),
                Duration.ofSeconds(2));
        int capacity = (int) Superblock.RING_OFFSET + temper.ringBlocks() * temper.blockSize();
        this.device = new SimulatedBlockDevice(capacity, SimulatedBlockDevice.SECTOR, temper.durability(), random);
        this.chain = new UploadedChain(bucket, KEYS, OWNER.nodeId(), history, temper.blockSize());
        Superblock first = new Superblock(
                0, WAL_ID, 0, temper.blockSize(), OWNER.nodeId(), capacity, 0, 0, true, OWNER.clusterId(), List.of());
        new SuperblockSlots(device, superblockBuffer()).write(first);
    }

    private static ByteBuffer superblockBuffer() {
        return ByteBuffer.allocateDirect(2 * Superblock.SIZE)
                .alignedSlice(Superblock.SIZE)
                .slice(0, Superblock.SIZE);
    }

    private long nanos() {
        return ChronoUnit.NANOS.between(start, clock.now());
    }

    /** Lives through several openings. */
    void run() throws IOException {
        int openings = random.nextInt(2, 7);
        for (int i = 0; i < openings && !taken; i++) {
            try (AlignedMemory memory = AlignedMemory.system();
                    AlignedMemory readBack = AlignedMemory.system()) {
                Opening opening = new Opening(memory, readBack);
                boolean last = i == openings - 1;
                opening.live();
                if (last && !taken) {
                    opening.endInGoodOrder();
                }
                opening.store.die();
            }
            device = random.nextBoolean() ? device.crash(random) : device.kill(random);
            recover();
        }
        if (taken) {
            finishTakeover();
        }
    }

    /** Takers that fail and begin again, ever less likely to fail, put all that the device holds into the bucket. */
    private void finishTakeover() throws IOException {
        SimulatedObjectStore failing = new SimulatedObjectStore(SimulatedClock.eager(), bucket, random.nextLong());
        double rate = random.nextDouble(0.1);
        AtomicInteger tries = new AtomicInteger();
        for (SimulatedFault fault : List.of(SimulatedFault.LOST_REQUEST, SimulatedFault.LOST_ANSWER)) {
            failing.faults().every(call -> random.nextDouble() < rate / tries.get(), fault);
        }
        long end = recoveredEnd();
        boolean done = false;
        while (!done) {
            tries.incrementAndGet();
            try {
                WalTakeover taker = taker(failing, 2 + random.nextInt(2));
                taker.seal();
                taker.upload(device);
                done = taker.isUploaded();
            } catch (ObjectStoreException e) {
                if (tries.get() == 1000) {
                    throw new AssertionError("still not taken over", e);
                }
            }
        }
        chain.follow();
        if (chain.end() != end) {
            throw new AssertionError("the device ends at " + end + ", what was taken over at " + chain.end());
        }
    }

    private WalTakeover taker(ObjectStore store, int nodeId) throws IOException {
        AtomicLong nanos = new AtomicLong();
        return new WalTakeover(
                store,
                KEYS,
                WalTakeover.of(store, KEYS, OWNER.nodeId()).orElseThrow(),
                nodeId,
                settings,
                UploadObserver.NONE,
                nanos::get,
                time -> nanos.addAndGet(Math.min(time, Duration.ofSeconds(1).toNanos())));
    }

    private long recoveredEnd() throws IOException {
        Superblock superblock = new SuperblockSlots(device, superblockBuffer()).read();
        return Wal.scan(device, superblock, new Scanned.Collector()).end();
    }

    /** What was acknowledged and isn't trimmed is found; a reader who changes nothing finds it, be it a taker or a restart. */
    private void recover() throws IOException {
        Superblock superblock = new SuperblockSlots(device, superblockBuffer()).read();
        Scanned.Collector collector = new Scanned.Collector();
        long end = Wal.scan(device, superblock, collector).end();
        history.recovered(collector.found, superblock.trimPosition(), end);
        checkTrimmed(superblock.trimPosition());
    }

    private void checkTrimmed(long trimPosition) {
        chain.follow();
        if (trimPosition > chain.end()) {
            throw new AssertionError(
                    "trimmed up to " + trimPosition + ", the chain in the bucket goes up to " + chain.end());
        }
    }

    /** From one recovery to the next. */
    private final class Opening {

        private final WriteAheadLog log;
        private final Appender appender;
        private final SimulatedWriters writers;
        private final WalUploader uploader;
        private final SentStore store = store();
        private long uploadedBefore;

        Opening(AlignedMemory memory, AlignedMemory readBack) throws IOException {
            Lease lease = new Lease(UploadSimulation.this::nanos, LEASE.toNanos(), enforced);
            HeldBlocks held = new HeldBlocks(lease);
            WalOpening opening =
                    WalOpening.open(device, memory, OWNER, DirectoryIds.of(List.of()), temper.settings(), held);
            log = opening.log();
            Superblock superblock = log.superblock();
            Scanned.Collector collector = new Scanned.Collector();
            Wal.scan(device, superblock, collector);
            history.recovered(
                    collector.found, superblock.trimPosition(), opening.scan().end());
            appender = new Appender(log, history, temper, random);
            writers =
                    new SimulatedWriters(device, log, history, temper.settings().writesInFlight(), random);
            uploader = new WalUploader(
                    log,
                    device,
                    readBack,
                    held,
                    lease,
                    opening.epochs(),
                    new WalObjects(store, KEYS),
                    new WalChain(store, KEYS),
                    new Takeovers(store, KEYS),
                    settings,
                    UploadObserver.NONE,
                    () -> {});
        }

        private SentStore store() {
            SimulatedObjectStore store = new SimulatedObjectStore(clock, bucket, random.nextLong());
            store.latency(Duration.ofMillis(random.nextInt(1, 400)));
            store.faults().every(call -> away, SimulatedFault.LOST_REQUEST);
            for (SimulatedFault fault : List.of(
                    SimulatedFault.LOST_REQUEST,
                    SimulatedFault.LOST_ANSWER,
                    SimulatedFault.TIMED_OUT,
                    SimulatedFault.SLOW)) {
                store.faults().every(call -> random.nextDouble() < faultRate / 4, fault);
            }
            return new SentStore(store, random);
        }

        void live() throws IOException {
            int steps = random.nextInt(temper.steps());
            for (int i = 0; i < steps; i++) {
                step();
                if (random.nextInt(log.failure() == null ? 1500 : 40) == 0) {
                    return;
                }
            }
        }

        private void step() throws IOException {
            long acknowledged = history.acknowledgements();
            int choice = random.nextInt(100);
            if (choice < 40) {
                appender.step();
            } else if (choice < 60) {
                appender.finishAllClaims();
                writers.step();
            } else if (choice < 62) {
                appender.releaseAllClaims();
            } else if (choice < 80) {
                uploader.step();
            } else if (choice < 95) {
                clock.advance(Duration.ofMillis(random.nextInt(200)));
            } else if (choice < 97) {
                trim();
            } else {
                rarely();
            }
            check(acknowledged);
        }

        private void rarely() throws IOException {
            int choice = random.nextInt(12);
            if (choice == 0) {
                clock.advance(Duration.ofMillis(random.nextLong(3 * LEASE.toMillis())));
            } else if (choice == 1) {
                away = !away;
            } else if (choice == 2 && enforced && !taken) {
                takeOver();
            } else if (choice <= 5 && taken) {
                sleepUntilTaken();
            }
        }

        /** The process stands still nearly until the taker has waited long enough: only its lease can stop it now. */
        private void sleepUntilTaken() {
            Duration left = Duration.between(clock.now(), takenAt).minusMillis(random.nextInt(1000));
            if (left.compareTo(Duration.ZERO) > 0) {
                clock.advance(left);
            }
        }

        private void check(long acknowledged) {
            history.trimmed(log.trimPosition());
            if (history.acknowledgements() > acknowledged && !clock.now().isBefore(takenAt)) {
                throw new AssertionError(
                        "acknowledged at " + clock.now() + ", after the WAL was taken over at " + takenAt);
            }
            if (uploader.uploaded() != uploadedBefore) {
                uploadedBefore = uploader.uploaded();
                checkTrimmed(uploadedBefore);
            }
            if (log.failure() != null && !taken && !enforced) {
                throw new AssertionError("failed without a reason", log.failure());
            }
            if (log.failure() == null && log.durablePosition() > history.durableEnd()) {
                throw new AssertionError(
                        "durable up to " + log.durablePosition() + ", the device has " + history.durableEnd());
            }
        }

        /** Another broker seals the chain, and waits for the lease. */
        private void takeOver() throws IOException {
            chain.follow();
            boolean early = chain.next().epoch() == 0;
            if (early && random.nextInt(4) > 0) {
                return;
            }
            SimulatedObjectStore theirs = new SimulatedObjectStore(SimulatedClock.eager(), bucket, 0);
            if (WalTakeover.of(theirs, KEYS, OWNER.nodeId()).isPresent()) {
                WalTakeover taker = taker(theirs, 2);
                taker.seal();
                taken = true;
                takenAt = clock.now()
                        .plusMillis(taker.leaseMs().orElseThrow(() -> new AssertionError("there is a lease")));
                away |= random.nextBoolean();
            }
        }

        private void trim() throws IOException {
            List<Long> positions = history.trimPositions().stream()
                    .filter(position -> position <= uploader.uploaded())
                    .toList();
            if (positions.isEmpty() || log.failure() != null || log.isTrimUnderWay()) {
                return;
            }
            long position = positions.get(positions.size() - 1 - random.nextInt(Math.min(2, positions.size())));
            for (LogModel target : history.liveLogs()) {
                Op checkpoint = appender.checkpoint(target);
                if (checkpoint == null || !awaitAcknowledged(checkpoint)) {
                    return;
                }
            }
            history.trimmed(log.trimPosition());
            history.trimBegins(position);
            log.beginTrim(position, false);
            history.trimmed(log.trimPosition());
            checkTrimmed(position);
        }

        private boolean awaitAcknowledged(Op checkpoint) throws IOException {
            long acknowledged = history.acknowledgements();
            appender.finishAllClaims();
            writers.drain();
            check(acknowledged);
            return checkpoint.acknowledged && log.failure() == null;
        }

        /** Also what was written before the ownership was confirmed. */
        private boolean isFinished() {
            return log.durablePosition() == history.durableEnd() && uploader.isFinished();
        }

        /** Once the store answers, everything durable arrives in the bucket. */
        void endInGoodOrder() throws IOException {
            appender.releaseAllClaims();
            writers.drain();
            away = false;
            for (int i = 0; i < 5000 && log.failure() == null && !isFinished(); i++) {
                uploader.finish();
                uploader.step();
                clock.advance(Duration.ofMillis(100));
                check(history.acknowledgements());
            }
            if (log.failure() == null) {
                chain.follow();
                if (chain.end() != log.durablePosition() || log.durablePosition() != history.durableEnd()) {
                    throw new AssertionError("the chain goes up to " + chain.end() + ", durable is "
                            + log.durablePosition() + " of " + history.durableEnd());
                }
                if (log.memoryUsed() != 0) {
                    throw new AssertionError(log.memoryUsed() + " bytes of memory weren't given back");
                }
                uploader.close();
            } else if (!(log.failure() instanceof OwnershipLostException)) {
                throw new AssertionError("failed", log.failure());
            }
        }
    }
}
