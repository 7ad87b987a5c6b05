package io.aquifer.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.sim.SimulatedBlockDevice;
import io.aquifer.wal.append.Block;
import io.aquifer.wal.append.Claim;
import io.aquifer.wal.append.Custodian;
import io.aquifer.wal.append.DurableListener;
import io.aquifer.wal.append.WalSettings;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.Durability;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** A trim up to the durable end leaves no block in front of what an earlier epoch may have left there. */
class TrimToTheEndTest {

    private static final int BLOCK_SIZE = 4096;
    private static final WalOwner OWNER = new WalOwner("cluster", 1);
    private static final LogId LOG = new LogId(new UUID(1, 1), 0, 7);

    @Test
    void aBlockThatLandedBehindAHoleDoesNotComeBackOnceAllInFrontOfItIsTrimmed() throws IOException {
        SimulatedBlockDevice device = new SimulatedBlockDevice(
                (int) WalFormatter.MIN_SIZE,
                BLOCK_SIZE,
                Durability.SYNC,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1));
        try (AlignedMemory memory = AlignedMemory.system()) {
            WalFormatter.format(device, memory, OWNER);

            WriteAheadLog first = open(device, memory).log();
            complete(first, device, append(first, 0));
            append(first, 1);
            write(first, device, append(first, 2));

            WriteAheadLog second = open(device, memory).log();
            complete(second, device, append(second, 1));
            second.trim(second.durablePosition(), false);

            assertThat(open(device, memory).index().logs()).isEmpty();
        }
    }

    private static WalOpening open(BlockDevice device, AlignedMemory memory) throws IOException {
        WalSettings settings = new WalSettings(4 << 20, 1 << 16, 1, Duration.ofSeconds(30));
        return WalOpening.open(device, memory, OWNER, DirectoryIds.of(List.of()), settings, Custodian.NONE);
    }

    private static Block append(WriteAheadLog wal, long offset) throws IOException {
        Claim claim = wal.claim(
                new RecordHeader(RecordKind.DATA, LOG, 0, offset, offset, 0, Long.BYTES), null, DurableListener.NONE);
        claim.payload().putLong(offset);
        claim.commit();
        claim.release();
        return Objects.requireNonNull(wal.poll());
    }

    private static void write(WriteAheadLog wal, BlockDevice device, Block block) throws IOException {
        device.write(wal.superblock().deviceOffset(block.position()), block.bytes(BLOCK_SIZE));
        device.sync();
    }

    private static void complete(WriteAheadLog wal, BlockDevice device, Block block) throws IOException {
        write(wal, device, block);
        wal.completed(block);
    }
}
