package io.aquifer.sim;

import static io.aquifer.sim.SimulatedBlockDevice.SECTOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fault model, held to its prose. Statements about any and every outcome are tried over many seeds. */
class SimulatedBlockDeviceTest {

    private static final int BLOCK = 4 * SECTOR;
    private static final int SIZE = 8 * BLOCK;
    private static final int SEEDS = 500;

    @Test
    void aSyncedWriteSurvivesEveryCrash() throws IOException {
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.write(0, block(1));
            device.sync();
            assertThat(sectors(device.crash(random, 1), 0)).containsExactly(1, 1, 1, 1);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"DSYNC", "WRITE_THROUGH"})
    void aWriteThatIsDurableByItselfSurvivesEveryCrash(Durability durability) throws IOException {
        forEverySeed(durability, (device, random) -> {
            device.finish(device.submit(0, block(1)));
            assertThat(sectors(device.crash(random, 1), 0)).containsExactly(1, 1, 1, 1);
        });
    }

    @Test
    void ofAnUnsyncedWriteAnySubsetOfSectorsSurvives() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.finish(device.submit(0, block(1)));
            outcomes.add(sectors(device.crash(random), 0));
        });
        assertThat(outcomes).hasSize(16);
    }

    @ParameterizedTest
    @EnumSource
    void ofAWriteInFlightAnySubsetOfSectorsSurvives(Durability durability) throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(durability, (device, random) -> {
            device.submit(0, block(1));
            outcomes.add(sectors(device.crash(random), 0));
        });
        assertThat(outcomes).hasSize(16);
    }

    @Test
    void aSyncCoversOnlyWhatFinishedBeforeItBegan() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(Durability.SYNC, (device, random) -> {
            Write before = device.submit(0, block(1));
            Write during = device.submit(BLOCK, block(2));
            device.finish(before);
            Sync sync = device.beginSync();
            device.finish(during);
            device.finishSync(sync);
            SimulatedBlockDevice after = device.crash(random);
            assertThat(sectors(after, 0)).containsExactly(1, 1, 1, 1);
            outcomes.add(sectors(after, 1));
        });
        assertThat(outcomes).hasSize(16);
    }

    @Test
    void aSyncThatHasNotFinishedPromisesNothing() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.finish(device.submit(0, block(1)));
            device.beginSync();
            outcomes.add(sectors(device.crash(random), 0));
        });
        assertThat(outcomes).hasSize(16);
    }

    @Test
    void whatAFailedSyncWasToCoverIsNotCoveredByALaterOne() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.write(0, block(1));
            device.failSync(device.beginSync());
            device.sync();
            assertThat(sectors(device, 0)).containsExactly(1, 1, 1, 1);
            outcomes.add(sectors(device.crash(random), 0));
        });
        assertThat(outcomes).hasSize(16);
    }

    @Test
    void aSlowSyncDoesNotPutOldBytesOverNewerOnes() throws IOException {
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.write(0, block(1));
            Sync slow = device.beginSync();
            device.write(0, block(2));
            device.sync();
            device.finishSync(slow);
            assertThat(sectors(device.crash(random), 0)).containsExactly(2, 2, 2, 2);
        });
    }

    @Test
    void whatIsDurableIsNotReplacedByWhatCameBeforeIt() throws IOException {
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.write(0, block(1));
            device.failSync(device.beginSync());
            device.write(0, block(2));
            device.sync();
            assertThat(sectors(device.crash(random), 0)).containsExactly(2, 2, 2, 2);
        });
    }

    @Test
    void ofTwoUnsyncedWritesToOnePlaceEverySectorHasTheOldTheFirstOrTheSecond() throws IOException {
        Set<Integer> values = new HashSet<>();
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.write(0, block(1));
            device.write(0, block(2));
            values.addAll(sectors(device.crash(random), 0));
        });
        assertThat(values).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void ofTwoWritesInFlightToOnePlaceEitherMayBeTheLast() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(Durability.WRITE_THROUGH, (device, random) -> {
            device.submit(0, block(1));
            device.submit(0, block(2));
            outcomes.add(sectors(device.crash(random), 0));
        });
        assertThat(outcomes).contains(List.of(1, 1, 1, 1), List.of(2, 2, 2, 2), List.of(0, 0, 0, 0));
    }

    @Test
    void completionsAreInAnyOrderThatTheDriverChooses() throws IOException {
        SimulatedBlockDevice device = device(Durability.WRITE_THROUGH, random(1));
        Write first = device.submit(0, block(1));
        Write second = device.submit(0, block(2));
        assertThat(device.inFlight()).containsExactly(first, second);
        device.finish(second);
        device.finish(first);
        assertThat(device.inFlight()).isEmpty();
        assertThat(first.isOver()).isTrue();
        assertThat(sectors(device, 0)).containsExactly(1, 1, 1, 1);
        assertThatThrownBy(() -> device.finish(first)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSubmittedWriteHasItsOwnCopyOfTheBytes() throws IOException {
        SimulatedBlockDevice device = device(Durability.WRITE_THROUGH, random(1));
        ByteBuffer source = block(1);
        Write write = device.submit(0, source);
        assertThat(source.remaining()).isEqualTo(BLOCK);
        source.put(0, (byte) 9);
        device.finish(write);
        assertThat(device.snapshot()[0]).isEqualTo((byte) 1);
    }

    @Test
    void aReadOverlappingAWriteInFlightFindsAnyMixture() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        SimulatedBlockDevice device = device(Durability.SYNC, random(1));
        device.submit(BLOCK, block(1));
        for (int i = 0; i < SEEDS; i++) {
            ByteBuffer target = aligned(3 * BLOCK);
            device.read(0, target);
            byte[] bytes = new byte[3 * BLOCK];
            target.flip().get(bytes);
            outcomes.add(sectors(bytes, 1));
            assertThat(sectors(bytes, 0)).containsExactly(0, 0, 0, 0);
            assertThat(sectors(bytes, 2)).containsExactly(0, 0, 0, 0);
        }
        assertThat(outcomes).hasSize(16);
    }

    @Test
    void ofAFailedWriteAnySubsetOfSectorsIsReadBack() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(Durability.SYNC, (device, random) -> {
            Write write = device.submit(0, block(1));
            IOException failure = new IOException("no");
            device.fail(write, failure);
            assertThat(write.failure()).isSameAs(failure);
            outcomes.add(sectors(device, 0));
        });
        assertThat(outcomes).hasSize(16);
    }

    @Test
    void afterAKillFinishedWritesAreReadBackAndStillVolatile() throws IOException {
        Set<List<Integer>> outcomes = new HashSet<>();
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.write(0, block(1));
            SimulatedBlockDevice restarted = device.kill(random);
            assertThat(sectors(restarted, 0)).containsExactly(1, 1, 1, 1);
            outcomes.add(sectors(restarted.crash(random), 0));
        });
        assertThat(outcomes).hasSize(16);
    }

    @Test
    void whatAWriteInFlightLeftAtAKillIsVolatileUntilSyncedEvenUnderDsync() throws IOException {
        Set<Boolean> lost = new HashSet<>();
        forEverySeed(Durability.DSYNC, (device, random) -> {
            device.submit(0, block(1));
            SimulatedBlockDevice restarted = device.kill(random);
            List<Integer> found = sectors(restarted, 0);
            SimulatedBlockDevice synced = restarted.kill(random);
            lost.add(!sectors(restarted.crash(random), 0).equals(found));
            synced.sync();
            assertThat(sectors(synced.crash(random), 0)).isEqualTo(found);
        });
        assertThat(lost).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void flipsTouchOnlySectorsAtRisk() throws IOException {
        forEverySeed(Durability.SYNC, (device, random) -> {
            device.write(0, block(1));
            device.sync();
            device.write(BLOCK, block(2));
            byte[] image = device.crash(random, 1).snapshot();
            assertThat(sectors(image, 0)).containsExactly(1, 1, 1, 1);
            for (int sector = 4; sector < 8; sector++) {
                assertThat(Arrays.copyOfRange(image, sector * SECTOR, (sector + 1) * SECTOR))
                        .isNotEqualTo(filled(0))
                        .isNotEqualTo(filled(2));
            }
            assertThat(sectors(image, 2)).containsExactly(0, 0, 0, 0);
        });
    }

    @Test
    void aBitFlipsOnlyWhereAsked() throws IOException {
        SimulatedBlockDevice device = device(Durability.SYNC, random(1));
        device.flip(5, 7);
        byte[] expected = new byte[SIZE];
        expected[5] = (byte) 0x80;
        assertThat(device.snapshot()).isEqualTo(expected);
        assertThat(device.crash(random(1)).snapshot()).isEqualTo(expected);
    }

    @Test
    void oneSeedGivesOneOutcome() throws IOException {
        byte[][] images = new byte[2][];
        for (int run = 0; run < 2; run++) {
            RandomGenerator random = random(42);
            SimulatedBlockDevice device = device(Durability.SYNC, random);
            for (int i = 0; i < 8; i++) {
                device.submit(i * (long) BLOCK, block(i + 1));
            }
            device.finish(device.inFlight().get(5));
            images[run] = device.crash(random, 0.3).snapshot();
        }
        assertThat(images[0]).isEqualTo(images[1]).isNotEqualTo(new byte[SIZE]);
    }

    @Test
    void injectedFailuresReachTheCaller() throws IOException {
        SimulatedBlockDevice device = device(Durability.SYNC, random(1));
        device.inject(new Faults() {
            @Override
            public Fate write(long position, int length) {
                return position == BLOCK ? Fate.FAIL : Fate.SUCCEED;
            }

            @Override
            public Fate read(long position, int length) {
                return Fate.FAIL;
            }

            @Override
            public Fate sync() {
                return Fate.FAIL;
            }
        });
        device.write(0, block(1));
        ByteBuffer source = block(1);
        assertThatThrownBy(() -> device.write(BLOCK, source)).isInstanceOf(IOException.class);
        assertThat(source.position()).isZero();
        assertThatThrownBy(() -> device.read(0, aligned(BLOCK))).isInstanceOf(IOException.class);
        assertThatThrownBy(device::sync).isInstanceOf(IOException.class);
        device.inject(Faults.NONE);
        device.write(BLOCK, source);
    }

    @Test
    void aHangingWriteReturnsOnlyWhenTheDeviceIsGone() throws IOException {
        SimulatedBlockDevice device = device(Durability.SYNC, random(1));
        CompletableFuture<Void> asked = new CompletableFuture<>();
        device.inject(new Faults() {
            @Override
            public Fate write(long position, int length) {
                asked.complete(null);
                return Fate.HANG;
            }
        });
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                device.write(0, block(1));
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        asked.join();
        assertThat(device.inFlight()).hasSize(1);
        assertThat(writer).isNotDone();
        device.crash(random(1));
        assertThatThrownBy(writer::join).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> device.submit(0, block(1))).isInstanceOf(IOException.class);
    }

    private interface Run {
        void on(SimulatedBlockDevice device, RandomGenerator random) throws IOException;
    }

    private static void forEverySeed(Durability durability, Run run) throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = random(seed);
            run.on(device(durability, random), random);
        }
    }

    private static SimulatedBlockDevice device(Durability durability, RandomGenerator random) {
        return new SimulatedBlockDevice(SIZE, BLOCK, durability, random);
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private static ByteBuffer aligned(int size) {
        return ByteBuffer.allocateDirect(size + BLOCK).alignedSlice(BLOCK).limit(size);
    }

    private static ByteBuffer block(int value) {
        ByteBuffer block = aligned(BLOCK);
        while (block.hasRemaining()) {
            block.put((byte) value);
        }
        return block.flip();
    }

    private static byte[] filled(int value) {
        byte[] sector = new byte[SECTOR];
        Arrays.fill(sector, (byte) value);
        return sector;
    }

    private static List<Integer> sectors(SimulatedBlockDevice device, int block) {
        return sectors(device.snapshot(), block);
    }

    /** The value that each sector of a block is filled with, or -1 where it isn't filled with one value. */
    private static List<Integer> sectors(byte[] image, int block) {
        return IntStream.range(0, BLOCK / SECTOR)
                .mapToObj(sector -> {
                    int from = block * BLOCK + sector * SECTOR;
                    byte[] bytes = Arrays.copyOfRange(image, from, from + SECTOR);
                    return Arrays.equals(bytes, filled(bytes[0])) ? (int) bytes[0] : -1;
                })
                .toList();
    }
}
