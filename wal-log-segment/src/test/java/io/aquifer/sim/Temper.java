package io.aquifer.sim;

import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.device.Durability;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is the same throughout one life of a WAL, and differs between lives, so that rare states are common in some: a ring
 * or a memory that is nearly full, claims held for long, a WAL without logs, a device that fails.
 *
 * @param appending how often something is appended, of 100 steps
 * @param writing how often a write is taken further
 * @param releasing how often all claims are released
 * @param trimming how often the ring is trimmed
 * @param trimAbove how full the ring must be to be trimmed, in percent
 * @param large how many records, of 100, may be as long as a block may be, or longer
 * @param maxLogs logs that exist at the same time
 * @param deleting how often a log is deleted, of 100 control records
 * @param meanwhile how many steps are taken at most while a superblock is written
 * @param steps how many steps are taken at most from one opening to the next
 * @param lossRarity one trim of so many ends in a loss of power
 * @param faultRarity one step of so many has a write or a sync fail
 * @param flips how likely a sector that was being written has a bit flipped after a loss of power
 */
record Temper(
        Durability durability,
        int blockSize,
        int ringBlocks,
        WalSettings settings,
        int appending,
        int writing,
        int releasing,
        int trimming,
        int trimAbove,
        int large,
        int maxLogs,
        int deleting,
        int meanwhile,
        int steps,
        int lossRarity,
        int faultRarity,
        double flips) {

    static Temper of(RandomGenerator random) {
        int blockSize = SimulatedBlockDevice.SECTOR << random.nextInt(4);
        int ringBlocks = any(random, 8, 16, 64) + random.nextInt(16);
        int memoryBlocks = any(random, 8, 16, 48) + random.nextInt(8);
        int blockBlocks = random.nextInt(1, Math.min(ringBlocks / 4, memoryBlocks / 8) + 1);
        int excess = random.nextInt(3) == 0 ? random.nextInt(blockSize) : 0;
        return new Temper(
                List.of(Durability.values()).get(random.nextInt(Durability.values().length)),
                blockSize,
                ringBlocks,
                new WalSettings(
                        memoryBlocks * blockSize + excess,
                        blockBlocks * blockSize,
                        random.nextInt(1, 7),
                        Duration.ofSeconds(30)),
                any(random, 30, 50, 70),
                any(random, 10, 20),
                any(random, 0, 1, 10),
                any(random, 2, 8),
                any(random, 0, 60),
                any(random, 2, 20),
                any(random, 1, 3, 6),
                any(random, 5, 15, 60),
                any(random, 2, 20, 200),
                any(random, 100, 400, 1000),
                any(random, 5, 20),
                any(random, 60, 600, 600),
                random.nextInt(3) == 0 ? random.nextDouble() : 0);
    }

    private static int any(RandomGenerator random, int... values) {
        return values[random.nextInt(values.length)];
    }

    int memoryBytes() {
        return settings.memoryBytes() / blockSize * blockSize;
    }
}
