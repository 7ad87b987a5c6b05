package io.aquifer.wal.append;

import io.aquifer.sim.Seeds;
import io.aquifer.sim.SimulatedBlockDevice;
import io.aquifer.wal.device.Durability;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.layout.SuperblockSlots;
import io.aquifer.wal.recovery.ScanResult;
import io.aquifer.wal.recovery.WalIndex;
import io.aquifer.wal.recovery.WalScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A small WAL on a simulated device, driven by hand. Its records are of one log and count its offsets. */
final class TestLog {

    static final int BLOCK_SIZE = 512;
    static final LogId LOG = new LogId(new UUID(1, 2), 3, 4);

    final int ringBlocks;
    final int memoryBlocks;
    final SimulatedBlockDevice device;
    final SuperblockSlots slots;
    final WriteAheadLog log;

    /** Offsets whose listener was called, in that order. */
    final List<Long> durable = new ArrayList<>();

    private long nextOffset;

    TestLog(int ringBlocks, int memoryBlocks, int blockBytes) throws IOException {
        this(ringBlocks, memoryBlocks, blockBytes, 0);
    }

    /** @param memoryExcess bytes of memory beyond whole blocks */
    TestLog(int ringBlocks, int memoryBlocks, int blockBytes, int memoryExcess) throws IOException {
        this(ringBlocks, memoryBlocks, blockBytes, memoryExcess, Custodian.NONE);
    }

    TestLog(int ringBlocks, int memoryBlocks, int blockBytes, int memoryExcess, Custodian custodian)
            throws IOException {
        this(ringBlocks, memoryBlocks, blockBytes, memoryExcess, custodian, Durability.SYNC);
    }

    TestLog(int ringBlocks, int memoryBlocks, int blockBytes, Durability durability) throws IOException {
        this(ringBlocks, memoryBlocks, blockBytes, 0, Custodian.NONE, durability);
    }

    private TestLog(
            int ringBlocks,
            int memoryBlocks,
            int blockBytes,
            int memoryExcess,
            Custodian custodian,
            Durability durability)
            throws IOException {
        this.ringBlocks = ringBlocks;
        this.memoryBlocks = memoryBlocks;
        int capacity = (int) Superblock.RING_OFFSET + ringBlocks * BLOCK_SIZE;
        this.device = new SimulatedBlockDevice(capacity, BLOCK_SIZE, durability, Seeds.random(1));
        this.slots = new SuperblockSlots(device, aligned(Superblock.SIZE));
        Superblock superblock =
                new Superblock(0, new UUID(5, 6), 1, BLOCK_SIZE, 7, capacity, 0, 0, false, "cluster", List.of());
        slots.write(superblock);
        int memoryBytes = memoryBlocks * BLOCK_SIZE + memoryExcess;
        this.log = new WriteAheadLog(
                slots,
                superblock,
                new ScanResult(0, 0, 0, 0, ""),
                new WalSettings(memoryBytes, blockBytes, 4, Duration.ofSeconds(30)),
                aligned(memoryBytes),
                aligned(BLOCK_SIZE),
                custodian,
                Long.MAX_VALUE);
    }

    static ByteBuffer aligned(int size) {
        int page = 4096;
        return ByteBuffer.allocateDirect((size + 2 * page - 1) / page * page)
                .alignedSlice(page)
                .slice(0, size);
    }

    static RecordHeader header(RecordKind kind, long offset, int payloadLength) {
        return new RecordHeader(kind, LOG, 0, offset, offset, 0, payloadLength);
    }

    Claim claim(int payloadLength) throws IOException {
        return claim(payloadLength, null);
    }

    Claim claim(int payloadLength, Reservation reservation) throws IOException {
        long offset = nextOffset;
        Claim claim = log.claim(header(RecordKind.DATA, offset, payloadLength), reservation, () -> durable.add(offset));
        nextOffset++;
        return claim;
    }

    /** A record that is committed and released. */
    Claim append(int payloadLength) throws IOException {
        Claim claim = claim(payloadLength);
        fill(claim);
        claim.commit();
        claim.release();
        return claim;
    }

    Claim control(RecordKind kind, int payloadLength) throws IOException {
        return log.control(header(kind, 0, payloadLength), new byte[payloadLength], DurableListener.NONE);
    }

    static void fill(Claim claim) {
        ByteBuffer payload = claim.payload();
        while (payload.hasRemaining()) {
            payload.put((byte) 0x55);
        }
    }

    List<Block> pollAll() {
        List<Block> blocks = new ArrayList<>();
        for (Block block = log.poll(); block != null; block = log.poll()) {
            blocks.add(block);
        }
        return blocks;
    }

    void write(Block block) throws IOException {
        device.write(log.superblock().deviceOffset(block.position()), block.bytes(BLOCK_SIZE));
        device.sync();
    }

    void complete(Block block) throws IOException {
        write(block);
        log.completed(block);
    }

    void completeAll() throws IOException {
        for (Block block : pollAll()) {
            complete(block);
        }
    }

    /** Fills the ring by half of an append of so many bytes of payload in turn with its completion. */
    void appendAndComplete(int payloadLength) throws IOException {
        append(payloadLength);
        completeAll();
    }

    /** What a restart would find now. */
    WalIndex recovered() throws IOException {
        WalIndex index = new WalIndex();
        scan(index);
        return index;
    }

    ScanResult scan(WalIndex index) throws IOException {
        Superblock current = slots.read();
        return new WalScanner(device, current, aligned(current.maxBlockLength())).scan(index);
    }
}
