package io.aquifer.sim;

import static io.aquifer.sim.SimulatedBlockDevice.SECTOR;
import static io.aquifer.sim.Trial.BLOCK;
import static io.aquifer.sim.Trial.block;
import static io.aquifer.sim.Trial.device;
import static io.aquifer.sim.Trial.filled;
import static io.aquifer.sim.Trial.forEverySeed;
import static io.aquifer.sim.Trial.random;
import static io.aquifer.sim.Trial.sectors;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What crashes and kills leave, held to the prose of the fault model. Statements about any and every outcome are tried over many seeds. */
class SimulatedDeviceCrashTest {

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
}
