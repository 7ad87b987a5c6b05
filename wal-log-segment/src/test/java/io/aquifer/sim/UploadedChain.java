package io.aquifer.sim;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalSeal;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.BlockRecords;
import io.aquifer.wal.layout.WalFormatException;
import io.aquifer.wal.upload.WalTakeover;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a reader finds who follows a broker's chain in the bucket: object by object, seal by seal. Each object must go on where
 * the one in front of it ended, and hold, byte for byte and in order, what was appended.
 */
final class UploadedChain {

    private final SimulatedBucket bucket;
    private final ClusterKeys keys;
    private final WalChain chain;
    private final WalObjects objects;
    private final History history;
    private final int blockSize;
    private WalObjectName next;
    private long end;
    private int op;
    private boolean started;
    private boolean over;

    UploadedChain(SimulatedBucket bucket, ClusterKeys keys, int nodeId, History history, int blockSize) {
        SimulatedObjectStore store = new SimulatedObjectStore(SimulatedClock.eager(), bucket, 0);
        this.bucket = bucket;
        this.keys = keys;
        this.chain = new WalChain(store, keys);
        this.objects = new WalObjects(store, keys);
        this.history = history;
        this.blockSize = blockSize;
        this.next = new WalObjectName(nodeId, 0, 0);
    }

    WalChain chain() {
        return chain;
    }

    /** The next number of the chain, which a taker would seal. */
    WalObjectName next() {
        return next;
    }

    /** Position behind what the chain holds, as far as it was looked at. */
    long end() {
        return end;
    }

    /** Looks at what has come since. */
    void follow() {
        if (!started) {
            OptionalLong first = bucket.keys().stream()
                    .flatMap(key -> keys.walObjectOf(key).stream())
                    .mapToLong(WalObjectName::epoch)
                    .min();
            if (first.isEmpty()) {
                return;
            }
            next = new WalObjectName(next.nodeId(), first.getAsLong(), 0);
            started = bucket.keys().contains(keys.walObject(next));
        }
        while (started && !over && bucket.keys().contains(keys.walObject(next))) {
            Optional<WalSeal> seal = chain.sealAt(next).join();
            if (seal.isEmpty()) {
                check(next);
                next = new WalObjectName(next.nodeId(), next.epoch(), next.sequence() + 1);
            } else if (seal.get().continuedIn().isPresent()) {
                next = new WalObjectName(next.nodeId(), seal.get().continuedIn().getAsLong(), 0);
            } else if (WalTakeover.isOfTakeover(next.epoch())) {
                over = true;
            } else {
                next = new WalObjectName(next.nodeId(), epochBehind(next.epoch()), 0);
            }
        }
    }

    /** Where a chain goes on that was taken over: in what was sealed with it, and then in the epoch of the takeover. */
    private long epochBehind(long epoch) {
        return bucket.keys().stream()
                .flatMap(key -> keys.walObjectOf(key).stream())
                .mapToLong(WalObjectName::epoch)
                .filter(each -> each > epoch)
                .min()
                .orElse(WalTakeover.epochFor(epoch));
    }

    private void check(WalObjectName name) {
        WalObjectIndex index = objects.open(name).join();
        if (index.info().firstPosition() != end) {
            throw new AssertionError(name + " begins at " + index.info().firstPosition() + " behind " + end);
        }
        ByteBuffer body = ByteBuffer.wrap(
                bucket.bytes(keys.walObject(name)), 0, index.info().bodyLength());
        List<Op> ops = history.ops();
        while (body.hasRemaining()) {
            check(name, body, ops);
        }
        if (end != index.info().endPosition()) {
            throw new AssertionError(name + " ends at " + index.info().endPosition() + ", its blocks at " + end);
        }
    }

    private void check(WalObjectName name, ByteBuffer body, List<Op> ops) {
        try {
            BlockHeader header = BlockHeader.readFrom(body, blockSize, Integer.MAX_VALUE);
            boolean data = header.type() == BlockHeader.Type.DATA;
            int stored = data ? header.length() : blockSize;
            BlockRecords records = new BlockRecords(header, body.slice(body.position(), stored));
            while (data && records.next()) {
                if (op == ops.size()) {
                    throw new AssertionError(name + " has what was never appended: " + records.header());
                }
                new Scanned(header.position(), records.header(), records.payload()).checkIs(ops.get(op));
                op++;
            }
            body.position(body.position() + stored);
            end = header.position() + header.length();
        } catch (WalFormatException e) {
            throw new AssertionError(name + " has a block that isn't one", e);
        }
    }
}
