package io.aquifer.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.DirectoryIds;
import io.aquifer.wal.Wal;
import io.aquifer.wal.WalOpening;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.Extent;
import io.aquifer.wal.recovery.ExtentReader;
import io.aquifer.wal.recovery.RecoveredLog;
import io.aquifer.wal.recovery.ScanResult;
import io.aquifer.wal.recovery.WalIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * One life of a WAL on a simulated device, from its format through several crashes, decided by one seed, on one thread.
 *
 * <h2>What happens</h2>
 *
 * <p>A small ring is opened, recovered, and used as a broker would: logs are created, appended to, truncated, emptied and
 * deleted; claims are committed, abandoned and released in any order; blocks are written several at once and finish in any
 * order; one sync makes several durable; the ring is trimmed, after a checkpoint of every log, while all that goes on.
 * Writes and syncs fail or hang. At any moment, within a write of the superblock or within recovery too, the machine may
 * lose power or the process be killed, see {@link SimulatedBlockDevice}. What is found then is recovered and appended to.
 *
 * <h2>What must hold</h2>
 *
 * <p>After every step: the durable position is the end of the last block that is durable without a hole, and exactly the
 * records below it were acknowledged, none after a failure; memory that is being written or read isn't used for anything
 * else; nothing that was promised is refused.
 *
 * <p>After every recovery: the records that were found are, byte for byte and in order, those that were appended from the
 * trim position on, without a gap, up to some end of a block; none that was acknowledged, or relied on after an earlier
 * recovery, is missing; each log has the batches, the start and the end that its records say; a second recovery finds the
 * same.
 *
 * <p>After an end in good order: all room was given back.
 *
 * <h2>What is left out</h2>
 *
 * <p>A process that goes on after a failed sync without a loss of power between: what the sync didn't make durable is read
 * back then, and nothing can tell.
 */
final class WalSimulation {

    private static final WalOwner OWNER = new WalOwner("cluster", 1);

    private final RandomGenerator random;
    private final History history = new History();
    private final Temper temper;
    private SimulatedBlockDevice device;
    private boolean syncFailed;

    WalSimulation(RandomGenerator random) throws IOException {
        this.random = random;
        this.temper = Temper.of(random);
        int capacity = (int) Superblock.RING_OFFSET + temper.ringBlocks() * temper.blockSize();
        this.device = new SimulatedBlockDevice(capacity, SimulatedBlockDevice.SECTOR, temper.durability(), random);
        format(capacity);
    }

    private void format(int capacity) throws IOException {
        Superblock first = new Superblock(
                0,
                new UUID(7, 7),
                0,
                temper.blockSize(),
                OWNER.nodeId(),
                capacity,
                0,
                0,
                true,
                OWNER.clusterId(),
                List.of());
        ByteBuffer buffer = ByteBuffer.allocateDirect(2 * Superblock.SIZE)
                .alignedSlice(Superblock.SIZE)
                .slice(0, Superblock.SIZE);
        new SuperblockSlots(device, buffer).write(first);
    }

    /** Lives through several openings. */
    void run() throws IOException {
        int openings = random.nextInt(2, 10);
        for (int i = 0; i < openings; i++) {
            try (AlignedMemory memory = AlignedMemory.system()) {
                new Opening().live(memory);
            } catch (PowerLoss e) {
                device =
                        syncFailed || random.nextBoolean() ? device.crash(random, temper.flips()) : device.kill(random);
                syncFailed = false;
            }
        }
    }

    /** From one recovery to the next. */
    private final class Opening implements SteppedDevice.Meanwhile {

        private final BlockDevice stepped = new SteppedDevice(device, this);
        private final int steps = random.nextInt(temper.steps());
        private WriteAheadLog log;
        private Appender appender;
        private SimulatedWriters writers;
        private boolean trimming;
        private int stepsDone;

        void live(AlignedMemory memory) throws IOException {
            Recovery before = new Recovery();
            WalOpening opening = WalOpening.open(
                    stepped, memory, OWNER, DirectoryIds.of(List.of()), temper.settings(), Custodian.NONE);
            log = opening.log();
            Superblock superblock = log.superblock();
            before.check(new Recovery(), opening.scan().end());
            history.recovered(
                    before.collector.found,
                    superblock.trimPosition(),
                    opening.scan().end());
            checkLogs(opening.index(), superblock);
            appender = new Appender(log, history, temper, random);
            writers =
                    new SimulatedWriters(device, log, history, temper.settings().writesInFlight(), random);
            while (stepsDone < steps) {
                step();
            }
            if (random.nextInt(4) == 0) {
                endInGoodOrder();
            }
            throw new PowerLoss();
        }

        private void step() throws IOException {
            stepsDone++;
            if (random.nextInt(log.failure() == null ? 2000 : 30) == 0) {
                throw new PowerLoss();
            }
            if (random.nextInt(temper.faultRarity()) == 0) {
                writers.fail();
                syncFailed |= writers.syncFailed();
            }
            int choice = random.nextInt(100);
            if ((choice -= temper.appending()) < 0) {
                appender.step();
            } else if ((choice -= temper.releasing()) < 0) {
                appender.releaseAllClaims();
            } else if ((choice -= temper.trimming()) < 0) {
                trim();
            } else if ((choice -= temper.writing()) < 0) {
                appender.finishAllClaims();
                writers.step();
            }
            checkDurable();
        }

        private void checkDurable() {
            history.trimmed(log.trimPosition());
            if (log.failure() == null) {
                if (log.durablePosition() != history.durableEnd()) {
                    throw new AssertionError("durable up to " + log.durablePosition() + ", without a hole up to "
                            + history.durableEnd());
                }
                history.checkAcknowledged();
            }
            if (log.ringUsed() < 0 || log.ringUsed() > (long) temper.ringBlocks() * temper.blockSize()) {
                throw new AssertionError(log.ringUsed() + " bytes of the ring are in use");
            }
        }

        private void trim() throws IOException {
            List<Long> positions = history.trimPositions();
            boolean full = log.ringUsed() * 100 >= log.ringCapacity() * temper.trimAbove();
            if (trimming || log.isTrimUnderWay() || positions.isEmpty() || !full) {
                return;
            }
            trimming = true;
            long position = random.nextBoolean()
                    ? positions.get(positions.size() - 1)
                    : positions.get(random.nextInt(positions.size()));
            if (checkpointLogs()) {
                trimTo(position, false);
            }
            trimming = false;
        }

        /** Answers whether every log has a checkpoint that is durable. */
        private boolean checkpointLogs() throws IOException {
            List<Op> checkpoints = new ArrayList<>();
            for (LogModel target : history.liveLogs()) {
                Op checkpoint = appender.checkpoint(target);
                if (checkpoint == null) {
                    return false;
                }
                checkpoints.add(checkpoint);
            }
            for (int i = 0; i < 50 && !checkpoints.stream().allMatch(op -> op.acknowledged); i++) {
                step();
            }
            if (log.failure() == null) {
                appender.finishAllClaims();
                writers.drain();
            }
            return log.failure() == null;
        }

        private void trimTo(long position, boolean clean) throws IOException {
            history.trimmed(log.trimPosition());
            history.trimBegins(position);
            try {
                log.beginTrim(position, clean);
                history.trimmed(log.trimPosition());
                maybeLosePower();
            } catch (IOException e) {
                assertThat(log.failure()).isNotNull();
            }
        }

        private void endInGoodOrder() throws IOException {
            appender.releaseAllClaims();
            if (log.failure() != null) {
                return;
            }
            writers.drain();
            trimming = true;
            long end = log.durablePosition();
            if (checkpointLogs() && random.nextBoolean()) {
                trimTo(end, true);
            }
            if (log.failure() == null) {
                appender.releaseAllClaims();
                writers.drain();
                checkDurable();
                assertThat(log.memoryUsed())
                        .as("memory that was not given back")
                        .isZero();
                if (history.trimmedSinceOpening()) {
                    assertThat(log.ringUsed()).as("ring in use").isEqualTo(history.dataBytes());
                }
            }
        }

        @Override
        public void writing() {
            if (writers != null) {
                writers.superblockBegins();
            }
            meanwhile();
        }

        @Override
        public void written() {
            if (writers != null) {
                writers.superblockEnds();
            }
        }

        @Override
        public void syncing() throws IOException {
            if (writers != null) {
                writers.syncFor(this::meanwhile);
                return;
            }
            meanwhile();
            device.sync();
        }

        private void meanwhile() {
            try {
                for (int i = writers == null ? 0 : random.nextInt(temper.meanwhile()); i > 0; i--) {
                    step();
                }
                maybeLosePower();
            } catch (IOException e) {
                throw new AssertionError("a step failed", e);
            }
        }

        private void maybeLosePower() {
            if (random.nextInt(temper.lossRarity()) == 0) {
                throw new PowerLoss();
            }
        }

        @Override
        public boolean fails() {
            boolean fails = writers != null && random.nextInt(temper.faultRarity()) == 0;
            syncFailed |= fails && device.writesFlush();
            return fails;
        }
    }

    /** What a reader finds who changes nothing. */
    private final class Recovery {
        private final Scanned.Collector collector = new Scanned.Collector();
        private final ScanResult result;

        Recovery() throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(2 * Superblock.SIZE)
                    .alignedSlice(Superblock.SIZE)
                    .slice(0, Superblock.SIZE);
            result = Wal.scan(device, new SuperblockSlots(device, buffer).read(), collector);
        }

        void check(Recovery again, long end) {
            assertThat(end).as("end of the WAL").isEqualTo(result.end()).isEqualTo(again.result.end());
            assertThat(again.collector.found).as("what a second recovery finds").isEqualTo(collector.found);
        }
    }

    private void checkLogs(WalIndex index, Superblock superblock) throws IOException {
        assertThat(index.logs()).extracting(RecoveredLog::id).isSubsetOf(history.allLogs());
        try (ExtentReader reader = new ExtentReader(device, superblock)) {
            for (LogModel model : history.logs()) {
                RecoveredLog recovered = index.log(model.id);
                if (recovered == null) {
                    assertThat(model.deleted)
                            .as("%s isn't known, and not deleted", model.id)
                            .isTrue();
                } else {
                    checkLog(recovered, model, superblock.trimPosition(), reader);
                }
            }
        }
    }

    private static void checkLog(RecoveredLog recovered, LogModel model, long trim, ExtentReader reader)
            throws IOException {
        LogId id = model.id;
        assertThat(recovered.deleted()).as("%s is deleted", id).isEqualTo(model.deleted);
        if (!model.deleted) {
            assertThat(recovered.logStartOffset()).as("start of %s", id).isEqualTo(model.start);
            assertThat(recovered.endOffset()).as("end of %s", id).isEqualTo(model.end);
            assertThat(recovered.topic()).as("topic of %s", id).isEqualTo(model.topic);
        }
        List<Batch> expected = new ArrayList<>();
        for (int i = 0; i < model.batches.size(); i++) {
            if (model.sources.get(i).position >= trim) {
                expected.add(model.batches.get(i));
            }
        }
        List<Batch> found = new ArrayList<>();
        for (Extent extent : recovered.extents()) {
            Batch.parse(reader.read(id, extent)).stream()
                    .filter(batch -> batch.last() < extent.end())
                    .forEach(found::add);
        }
        assertThat(found).as("batches of %s", id).isEqualTo(expected);
    }
}
