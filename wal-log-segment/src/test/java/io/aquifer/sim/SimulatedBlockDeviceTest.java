package io.aquifer.sim;

import static io.aquifer.sim.Trial.BLOCK;
import static io.aquifer.sim.Trial.SEEDS;
import static io.aquifer.sim.Trial.SIZE;
import static io.aquifer.sim.Trial.aligned;
import static io.aquifer.sim.Trial.block;
import static io.aquifer.sim.Trial.device;
import static io.aquifer.sim.Trial.forEverySeed;
import static io.aquifer.sim.Trial.random;
import static io.aquifer.sim.Trial.sectors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.wal.device.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The device as long as it lives: completions, reads, failures and hangs. */
class SimulatedBlockDeviceTest {

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
}
