package io.aquifer.wal.append;

import static io.aquifer.wal.append.TestLog.BLOCK_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.sim.Faults;
import io.aquifer.sim.SeedExtension;
import io.aquifer.sim.Seeds;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.recovery.Extent;
import io.aquifer.wal.recovery.RecoveredLog;
import io.aquifer.wal.recovery.WalIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class WriteAheadLogTest {

    /** A record with this payload fills a block of the device, so that it shares it with no other. */
    private static final int ALONE = BLOCK_SIZE - BlockHeader.SIZE - RecordHeader.SIZE;

    private final TestLog test = new TestLog(64, 64, BLOCK_SIZE);
    private final WriteAheadLog log = test.log;

    WriteAheadLogTest() throws IOException {}

    @Test
    void nothingToWriteIsNoBlock() {
        assertThat(log.poll()).isNull();
    }

    @Test
    void recordsOfManyClaimsGoIntoOneBlock() throws IOException {
        TestLog wide = new TestLog(64, 64, 4 * BLOCK_SIZE);
        wide.append(100);
        wide.append(0);
        wide.append(7);
        Block block = Objects.requireNonNull(wide.log.poll());
        assertThat(block.recordCount()).isEqualTo(3);
        assertThat(block.position()).isZero();
        assertThat(block.length()).isEqualTo(BLOCK_SIZE);
        assertThat(wide.log.poll()).isNull();
        wide.complete(block);
        assertThat(extents(wide.recovered())).extracting(Extent::length).containsExactly(100, 0, 7);
    }

    @Test
    void listenersHearInTheOrderOfPositionsWhateverOrderBlocksLandIn(Seeds seeds) {
        seeds.forEach(50, random -> {
            TestLog shuffled = new TestLog(64, 64, BLOCK_SIZE);
            for (int i = 0; i < 12; i++) {
                shuffled.append(ALONE);
            }
            List<Block> blocks = new ArrayList<>(shuffled.pollAll());
            Collections.shuffle(blocks, new Random(random.nextLong()));
            List<Long> landed = new ArrayList<>();
            for (Block block : blocks) {
                shuffled.complete(block);
                landed.add(block.position() / BLOCK_SIZE);
                long unbroken = LongStream.range(0, 13)
                        .filter(i -> !landed.contains(i))
                        .findFirst()
                        .orElseThrow();
                assertThat(shuffled.durable)
                        .containsExactlyElementsOf(
                                LongStream.range(0, unbroken).boxed().toList());
                assertThat(shuffled.log.durablePosition()).isEqualTo(unbroken * BLOCK_SIZE);
                assertThat(shuffled.log.blocksInFlight()).isEqualTo((int) (12 - unbroken));
            }
        });
    }

    @Test
    void aBlockThatWouldCrossTheRingsEndIsPrecededByExplicitPadding() throws IOException {
        TestLog wide = new TestLog(16, 64, 4 * BLOCK_SIZE);
        for (int i = 0; i < 5; i++) {
            wide.appendAndComplete(ALONE + 2 * BLOCK_SIZE);
            wide.log.trim(wide.log.durablePosition(), false);
        }
        wide.append(ALONE + BLOCK_SIZE);
        List<Block> blocks = wide.pollAll();
        assertThat(blocks).extracting(Block::position).containsExactly(15L * BLOCK_SIZE, 16L * BLOCK_SIZE);
        assertThat(blocks).extracting(Block::length).containsExactly(BLOCK_SIZE, 2 * BLOCK_SIZE);
        assertThat(blocks.get(0).recordCount()).isZero();
        wide.complete(blocks.get(1));
        assertThat(wide.durable).as("not before the padding is durable").hasSize(5);
        wide.complete(blocks.get(0));
        assertThat(wide.durable).hasSize(6);
        assertThat(extents(wide.recovered())).extracting(Extent::baseOffset).containsExactly(5L);
        assertThat(wide.log.ringUsed()).as("padding isn't counted").isEqualTo(2 * BLOCK_SIZE);
        wide.log.trim(wide.log.durablePosition(), false);
        assertThat(wide.log.ringUsed()).isZero();
    }

    @Test
    void allRoomIsBackOnceAllIsReleasedAndTrimmed(Seeds seeds) {
        seeds.forEach(100, random -> {
            TestLog busy = new TestLog(64, 40, 4 * BLOCK_SIZE, 100);
            List<Claim> unreleased = new ArrayList<>();
            List<Block> inFlight = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(7)) {
                    case 0, 1 -> {
                        try {
                            Claim claim = busy.claim(random.nextInt(8 * BLOCK_SIZE));
                            if (random.nextInt(4) == 0) {
                                claim.abandon();
                            } else {
                                claim.commit();
                            }
                            unreleased.add(claim);
                        } catch (WalFullException e) {
                            assertThat(e).hasMessageContaining("no room");
                        }
                    }
                    case 2 -> {
                        Reservation reservation = busy.log.reserve(1000, 2, 0);
                        if (reservation != null) {
                            unreleased.add(busy.claim(random.nextInt(500), reservation));
                            unreleased.get(unreleased.size() - 1).commit();
                            reservation.close();
                        }
                    }
                    case 3 -> {
                        if (!unreleased.isEmpty()) {
                            unreleased.remove(random.nextInt(unreleased.size())).release();
                        }
                    }
                    case 4 -> inFlight.addAll(busy.pollAll());
                    case 5 -> {
                        if (!inFlight.isEmpty()) {
                            busy.complete(inFlight.remove(random.nextInt(inFlight.size())));
                        }
                    }
                    default -> busy.log.trim(busy.log.durablePosition(), false);
                }
            }
            unreleased.forEach(Claim::release);
            inFlight.addAll(busy.pollAll());
            for (Block block : inFlight) {
                busy.complete(block);
            }
            busy.log.trim(busy.log.durablePosition(), false);
            assertThat(busy.log.memoryUsed()).isZero();
            assertThat(busy.log.ringUsed()).isZero();
            assertThat(busy.log.blocksInFlight()).isZero();
        });
    }

    @Test
    void aFullRingRefusesDataUntilItIsTrimmed() throws IOException {
        long records = 0;
        while (true) {
            try {
                test.appendAndComplete(ALONE);
                records++;
            } catch (WalFullException e) {
                assertThat(e).hasMessageContaining("bytes of its ring");
                break;
            }
        }
        assertThat(records).isGreaterThan(30);
        long full = records;
        assertThatThrownBy(() -> test.append(ALONE)).isInstanceOf(WalFullException.class);
        assertThat(test.durable).hasSize((int) full);
        log.trim(2 * BLOCK_SIZE, false);
        test.append(ALONE);
    }

    @Test
    void controlRecordsHaveRoomWhenDataHasNone() throws IOException {
        fillWithData();
        test.control(RecordKind.TRUNCATE, 0);
        test.completeAll();
        test.control(RecordKind.CHECKPOINT, 5);
        test.completeAll();
        assertThat(Objects.requireNonNull(test.recovered().log(TestLog.LOG)).topic())
                .hasSize(5);
    }

    @Test
    void theLastRoomIsForCheckpointsAndWithThemTheWalCanBeTrimmedAndGoesOn() throws IOException {
        TestLog full = new TestLog(256, 64, BLOCK_SIZE);
        int data = 0;
        while (fits(() -> full.appendAndComplete(ALONE))) {
            data++;
        }
        int truncations = 0;
        while (fits(() -> {
            full.control(RecordKind.TRUNCATE, 0);
            full.completeAll();
        })) {
            truncations++;
        }
        assertThat(data).isGreaterThan(150);
        assertThat(truncations).isBetween(5, 16);
        long end = full.log.durablePosition();
        full.control(RecordKind.CHECKPOINT, 5);
        full.completeAll();
        full.log.trim(end, false);
        full.append(ALONE);
    }

    @Test
    void thousandsOfControlRecordsAtOnceCostWhatTheyAreLong() throws IOException {
        TestLog wide = new TestLog(4096, 4096, 8 * BLOCK_SIZE);
        for (int i = 0; i < 1000; i++) {
            wide.control(RecordKind.CHECKPOINT, 8);
        }
        assertThat(wide.log.memoryUsed()).isLessThan(1000 * 110);
    }

    @Test
    void paddingThatFallsIntoAFullRingLeavesControlRecordsTheirRoom() throws IOException {
        TestLog wide = new TestLog(64, 64, 8 * BLOCK_SIZE);
        wide.appendAndComplete(ALONE + 2 * BLOCK_SIZE);
        while (wide.log.durablePosition() < 61 * BLOCK_SIZE) {
            wide.appendAndComplete(ALONE);
            wide.log.trim(wide.log.durablePosition(), false);
        }
        while (fits(() -> wide.appendAndComplete(ALONE + 7 * BLOCK_SIZE))) {
            assertThat(wide.log.failure()).isNull();
        }
        wide.control(RecordKind.TRUNCATE, 0);
        wide.control(RecordKind.CHECKPOINT, 0);
        wide.completeAll();
        assertThat(wide.log.failure()).isNull();
    }

    @Test
    void aRecordLongerThanAnyBlockIsRefusedForGoodEvenWhenThereIsNoRoom() throws IOException {
        int max = 16 * BLOCK_SIZE - BlockHeader.SIZE - RecordHeader.SIZE;
        test.append(max);
        test.completeAll();
        log.trim(log.durablePosition(), false);
        assertThatThrownBy(() -> test.claim(max + 1))
                .isInstanceOf(RecordTooLongException.class)
                .hasMessageContaining("enlarge");
        fillWithData();
        assertThatThrownBy(() -> test.claim(max + 1)).isInstanceOf(RecordTooLongException.class);
        assertThatThrownBy(() -> test.claim(60 * BLOCK_SIZE)).isInstanceOf(RecordTooLongException.class);
        assertThatThrownBy(() -> test.control(RecordKind.CHECKPOINT, max + 1))
                .isInstanceOf(RecordTooLongException.class);
    }

    @Test
    void noReservationTakesMoreThanHalfOfAllRoom() throws Exception {
        Reservation reservation = Objects.requireNonNull(log.reserve(1000 * BLOCK_SIZE, 1, 0));
        assertThat(log.ringUsed()).isEqualTo(log.ringCapacity() / 2);
        reservation.close();
        assertThat(log.ringUsed()).isZero();
    }

    @Test
    void theLongestRecordIsPromisedWholeHoweverSmallTheRing() throws Exception {
        TestLog tiny = new TestLog(8, 64, BLOCK_SIZE);
        int longest = 2 * BLOCK_SIZE - BlockHeader.SIZE - RecordHeader.SIZE;
        Reservation reservation = Objects.requireNonNull(tiny.log.reserve(longest, 1, 0));
        while (fits(() -> tiny.append(8))) {
            assertThat(tiny.durable).isEmpty();
        }
        Claim claim = tiny.claim(longest, reservation);
        assertThat(claim.payload().capacity()).isEqualTo(longest);
    }

    @Test
    void whatIsReservedIsThereWhenItIsClaimedAndTheRestGoesBack() throws Exception {
        long capacity = log.ringCapacity();
        Reservation reservation = Objects.requireNonNull(log.reserve(capacity / 2, 3, 0));
        while (fits(() -> test.append(ALONE))) {
            assertThat(test.durable).isEmpty();
        }
        Claim claim = test.claim(ALONE, reservation);
        TestLog.fill(claim);
        claim.commit();
        claim.release();
        reservation.close();
        reservation.close();
        test.completeAll();
        log.trim(log.durablePosition(), false);
        assertThat(log.ringUsed()).isZero();
        assertThat(log.memoryUsed()).isZero();
    }

    @Test
    void aClaimThatIsRefusedLeavesItsReservationWhole() throws Exception {
        Reservation reservation = Objects.requireNonNull(log.reserve(100, 1, 0));
        while (fits(() -> test.append(ALONE))) {
            assertThat(test.durable).isEmpty();
        }
        assertThatThrownBy(() -> test.claim(3000, reservation)).isInstanceOf(WalFullException.class);
        Claim claim = test.claim(100, reservation);
        claim.commit();
        assertThat(claim.payload().capacity()).isEqualTo(100);
    }

    @Test
    void aClaimHeldOnTheOldestBlockDoesNotBreakThePromisesOfLaterReservations() throws Exception {
        TestLog narrow = new TestLog(4096, 16, BLOCK_SIZE);
        Claim held = narrow.claim(ALONE);
        held.commit();
        for (int i = 0; i < 100; i++) {
            Reservation reservation = narrow.log.reserve(ALONE, 1, 0);
            if (reservation == null) {
                break;
            }
            Claim claim = narrow.claim(ALONE, reservation);
            claim.commit();
            claim.release();
            reservation.close();
            narrow.completeAll();
        }
        assertThat(narrow.log.memoryUsed()).isGreaterThan(8 * BLOCK_SIZE);
        held.release();
        assertThat(narrow.log.memoryUsed()).isZero();
    }

    @Test
    void memoryIsNotUsedAgainBeforeItsClaimIsReleased(Seeds seeds) {
        seeds.forEach(50, random -> {
            TestLog narrow = new TestLog(4096, 24, 2 * BLOCK_SIZE);
            List<Claim> held = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                try {
                    Claim claim = narrow.claim(random.nextInt(8, 1000));
                    claim.payload().putLong(0, i);
                    claim.commit();
                    held.add(claim);
                } catch (WalFullException e) {
                    assertThat(held).isNotEmpty();
                }
                narrow.completeAll();
                narrow.log.trim(narrow.log.durablePosition(), false);
                if (random.nextBoolean() && !held.isEmpty()) {
                    held.remove(random.nextInt(held.size())).release();
                }
                assertThat(held.stream().map(claim -> claim.payload().getLong(0)))
                        .doesNotHaveDuplicates()
                        .isSorted();
            }
        });
    }

    @Test
    void memoryThatIsNoWholeNumberOfBlocksIsUsedAsFarAsItIs() throws IOException {
        TestLog odd = new TestLog(4096, 16, 2 * BLOCK_SIZE, BLOCK_SIZE - 1);
        for (int i = 0; i < 200; i++) {
            odd.appendAndComplete(900);
        }
        assertThat(odd.durable).hasSize(200);
        assertThat(odd.log.memoryUsed()).isZero();
    }

    @Test
    void anAbandonedClaimIsWrittenAsARecordThatSaysNothing() throws IOException {
        test.append(8);
        Claim abandoned = test.claim(100);
        abandoned.abandon();
        abandoned.release();
        test.append(16);
        test.completeAll();
        assertThat(test.durable).containsExactlyInAnyOrder(0L, 2L);
        assertThat(extents(test.recovered())).extracting(Extent::baseOffset).containsExactly(0L, 2L);
    }

    @Test
    void blocksSayUpToWhereAllWasDurable() throws IOException {
        test.appendAndComplete(ALONE);
        test.append(ALONE);
        test.append(ALONE);
        List<Block> blocks = test.pollAll();
        for (Block block : blocks) {
            ByteBuffer bytes = block.bytes(BLOCK_SIZE);
            assertThat(BlockHeader.readFrom(bytes, BLOCK_SIZE, BLOCK_SIZE).durableEnd())
                    .isEqualTo(BLOCK_SIZE);
        }
    }

    @Test
    void trimmingIsDurableBeforeTheRoomIsFree() throws IOException {
        fillWithData();
        long used = log.ringUsed();
        List<Long> usedWhileWriting = new ArrayList<>();
        test.device.inject(new Faults() {
            @Override
            public Fate sync() {
                usedWhileWriting.add(log.ringUsed());
                return Fate.SUCCEED;
            }
        });
        log.trim(4 * BLOCK_SIZE, true);
        assertThat(usedWhileWriting).containsExactly(used);
        assertThat(log.ringUsed()).isEqualTo(used - 4 * BLOCK_SIZE);
        assertThat(log.trimPosition()).isEqualTo(4 * BLOCK_SIZE);
        assertThat(test.slots.read()).isEqualTo(log.superblock());
        assertThat(log.superblock().cleanShutdown()).isTrue();
    }

    @Test
    void trimmingNeitherGoesBackNorBeyondWhatIsDurable() throws IOException {
        test.appendAndComplete(ALONE);
        test.appendAndComplete(ALONE);
        test.append(ALONE);
        log.trim(BLOCK_SIZE, false);
        assertThatThrownBy(() -> log.trim(0, false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.trim(3 * BLOCK_SIZE, false)).isInstanceOf(IllegalArgumentException.class);
        assertThat(log.failure()).isNull();
    }

    @Test
    void aSuperblockThatCannotBeWrittenFailsTheWal() throws IOException {
        test.appendAndComplete(ALONE);
        test.device.inject(new Faults() {
            @Override
            public Fate write(long position, int length) {
                return Fate.FAIL;
            }
        });
        assertThatThrownBy(() -> log.trim(BLOCK_SIZE, false)).isInstanceOf(IOException.class);
        assertThat(log.failure()).hasMessageContaining("superblock");
        assertThat(log.trimPosition()).isZero();
        assertThat(log.ringUsed()).isEqualTo(BLOCK_SIZE);
    }

    @Test
    void afterAFailureNothingIsDurableNothingIsWrittenAndNothingIsTaken() throws IOException {
        test.append(ALONE);
        test.append(ALONE);
        Block first = Objects.requireNonNull(log.poll());
        log.fail(new IOException("the device is gone"));
        log.completed(first);
        assertThat(test.durable).isEmpty();
        assertThat(log.durablePosition()).isZero();
        assertThat(log.poll()).isNull();
        assertThatThrownBy(() -> test.claim(1))
                .isInstanceOf(WalFailedException.class)
                .hasMessageContaining("the device is gone");
        assertThatThrownBy(() -> test.control(RecordKind.DELETE, 0)).isInstanceOf(WalFailedException.class);
        assertThatThrownBy(() -> log.reserve(1, 1, 0)).isInstanceOf(WalFailedException.class);
        assertThatThrownBy(() -> log.trim(0, false)).isInstanceOf(WalFailedException.class);
    }

    @Test
    void theFirstFailureCountsAndEveryListenerHearsOfItOnce() {
        List<String> heard = new ArrayList<>();
        log.onFailure(cause -> heard.add("early " + cause.getMessage()));
        log.fail(new IOException("first"));
        log.fail(new IOException("second"));
        log.onFailure(cause -> heard.add("late " + cause.getMessage()));
        assertThat(heard).containsExactly("early first", "late first");
        assertThat(log.failure()).hasMessage("first");
    }

    @Test
    void aClosedLogSaysWhetherItsMemoryIsStillInUse() throws IOException {
        Claim claim = test.append(ALONE);
        test.completeAll();
        assertThat(claim.block()).isZero();
        assertThat(log.close()).isTrue();
        assertThatThrownBy(() -> test.claim(1))
                .isInstanceOf(WalFailedException.class)
                .hasMessageContaining("closed");

        TestLog held = new TestLog(64, 64, BLOCK_SIZE);
        Claim unreleased = held.claim(ALONE);
        unreleased.commit();
        held.completeAll();
        assertThat(held.log.close()).isFalse();
        unreleased.release();
        assertThat(held.log.close()).isTrue();
    }

    @Test
    void closingIsNoFailure() {
        List<IOException> heard = new ArrayList<>();
        log.onFailure(heard::add);
        log.close();
        assertThat(heard).isEmpty();
    }

    @Test
    void memoryAndRingTooSmallForTheBlocksAreRefused() {
        assertThatThrownBy(() -> new TestLog(15, 64, 8 * BLOCK_SIZE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too small");
        assertThatThrownBy(() -> new TestLog(64, 15, 2 * BLOCK_SIZE)).isInstanceOf(IllegalArgumentException.class);
    }

    private void fillWithData() throws IOException {
        while (fits(() -> test.appendAndComplete(ALONE))) {
            assertThat(log.failure()).isNull();
        }
    }

    private interface Append {
        void run() throws IOException;
    }

    private static boolean fits(Append append) throws IOException {
        try {
            append.run();
            return true;
        } catch (WalFullException e) {
            return false;
        }
    }

    private static List<Extent> extents(WalIndex index) {
        RecoveredLog recovered = Objects.requireNonNull(index.log(TestLog.LOG));
        return recovered.extents();
    }
}
