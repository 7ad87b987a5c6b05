package io.aquifer.log;

import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectStore;
import io.aquifer.wal.Wal;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.recovery.RecordVisitor;
import io.aquifer.wal.upload.WalObjectIndexer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts what is on a broker's device into WAL objects, each once. */
final class Uploads {

    private final ObjectStore store;
    private final int blocksInAnObject;
    private final Map<Long, Long> numbers = new HashMap<>();
    private long uploaded;

    Uploads(ObjectStore store, int blocksInAnObject) {
        this.store = store;
        this.blocksInAnObject = blocksInAnObject;
    }

    /** Position of the WAL up to which all is in objects. */
    long end() {
        return uploaded;
    }

    void upload(Broker broker) throws IOException {
        Superblock superblock = broker.superblock();
        List<BlockHeader> blocks = new ArrayList<>();
        Wal.scan(broker.device(), superblock, new RecordVisitor() {
            @Override
            public void block(BlockHeader block) {
                if (block.position() >= uploaded) {
                    blocks.add(block);
                }
            }

            @Override
            public void record(BlockHeader block, int offset, RecordHeader record, ByteBuffer payload) {}
        });
        int first = 0;
        while (first < blocks.size()) {
            int end = first + 1;
            while (end < blocks.size()
                    && end < first + blocksInAnObject
                    && blocks.get(end).epoch() == blocks.get(first).epoch()) {
                end++;
            }
            upload(broker, superblock, blocks.subList(first, end));
            first = end;
        }
    }

    private void upload(Broker broker, Superblock superblock, List<BlockHeader> blocks) throws IOException {
        long epoch = blocks.get(0).epoch();
        long number = numbers.merge(epoch, 1L, Long::sum) - 1;
        WalObjectName name = new WalObjectName(superblock.nodeId(), epoch, number);
        WalObjectIndexer indexer = new WalObjectIndexer(
                name, superblock.walId(), superblock.blockSize(), blocks.get(0).position());
        List<ObjectContent> body = new ArrayList<>();
        for (BlockHeader block : blocks) {
            int length = block.type() == BlockHeader.Type.DATA ? block.length() : superblock.blockSize();
            ByteBuffer bytes = ByteBuffer.allocate(length);
            try (AlignedMemory memory = AlignedMemory.system()) {
                ByteBuffer aligned = memory.allocate(length);
                broker.device().read(superblock.deviceOffset(block.position()), aligned);
                bytes.put(aligned.flip()).flip();
            }
            if (!indexer.add(bytes, Long.MAX_VALUE)) {
                throw new AssertionError("refused without a limit");
            }
            body.add(ObjectContent.of(bytes));
            uploaded = block.position() + block.length();
        }
        new WalObjects(store, Broker.KEYS)
                .create(indexer.index(), ObjectContent.concat(body))
                .join();
    }
}
