package io.aquifer.sim;

import static io.aquifer.sim.SimulatedBlockDevice.SECTOR;

import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** Small devices, blocks filled with one value, and many seeds to try a statement on. */
final class Trial {

    static final int BLOCK = 4 * SECTOR;
    static final int SIZE = 8 * BLOCK;
    static final int SEEDS = 500;

    private Trial() {}

    interface Run {
        void on(SimulatedBlockDevice device, RandomGenerator random) throws IOException;
    }

    static void forEverySeed(Durability durability, Run run) throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = random(seed);
            run.on(device(durability, random), random);
        }
    }

    static SimulatedBlockDevice device(Durability durability, RandomGenerator random) {
        return new SimulatedBlockDevice(SIZE, BLOCK, durability, random);
    }

    static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    static ByteBuffer aligned(int size) {
        return ByteBuffer.allocateDirect(size + BLOCK).alignedSlice(BLOCK).limit(size);
    }

    static ByteBuffer block(int value) {
        ByteBuffer block = aligned(BLOCK);
        while (block.hasRemaining()) {
            block.put((byte) value);
        }
        return block.flip();
    }

    static byte[] filled(int value) {
        byte[] sector = new byte[SECTOR];
        Arrays.fill(sector, (byte) value);
        return sector;
    }

    static List<Integer> sectors(SimulatedBlockDevice device, int block) {
        return sectors(device.snapshot(), block);
    }

    /** The value that each sector of a block is filled with, or -1 where it isn't filled with one value. */
    static List<Integer> sectors(byte[] image, int block) {
        return IntStream.range(0, BLOCK / SECTOR)
                .mapToObj(sector -> {
                    int from = block * BLOCK + sector * SECTOR;
                    byte[] bytes = Arrays.copyOfRange(image, from, from + SECTOR);
                    return Arrays.equals(bytes, filled(bytes[0])) ? (int) bytes[0] : -1;
                })
                .toList();
    }
}
