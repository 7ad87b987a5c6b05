package io.aquifer.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.append.Block;
import io.aquifer.wal.layout.LogId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that was ever appended to the WAL, in its order, and what it must and what it may still know: the model that the
 * WAL is compared with.
 */
final class History {

    /** Records, the oldest first. What a recovery didn't find never was. */
    private final List<Op> ops = new ArrayList<>();

    private final Map<LogId, LogModel> logs = new LinkedHashMap<>();

    /** Blocks of this opening in the order of positions, and how many of them, from the first on, are durable. */
    private final List<Block> blocks = new ArrayList<>();

    private final List<Boolean> durable = new ArrayList<>();
    private int unbroken;

    /** Where the blocks begin that recovery found, and where they end. */
    private final List<Long> recovered = new ArrayList<>();

    /** How many records have a block with a position, and for how many it was checked that they were acknowledged. */
    private int placed;

    private int checked;
    private long openedAt;
    private long trimmed;
    private long trimming;
    private int numbered;
    private long acknowledgements;

    /** A record was appended. */
    void append(Op op, long block) {
        op.block = block;
        ops.add(op);
        log(op.header.log()).apply(op);
    }

    private LogModel log(LogId id) {
        return logs.computeIfAbsent(id, LogModel::new);
    }

    /** Logs that are there now. */
    List<LogModel> liveLogs() {
        return logs.values().stream().filter(log -> !log.deleted).toList();
    }

    /** Logs that are or were there. */
    Collection<LogModel> logs() {
        return logs.values();
    }

    Set<LogId> allLogs() {
        return logs.keySet();
    }

    int nextNumber() {
        return numbered++;
    }

    /** A block got its position. */
    void placed(Block block) {
        blocks.add(block);
        durable.add(false);
        for (int i = 0; i < block.recordCount(); i++) {
            ops.get(placed + i).position = block.position();
            assertThat(ops.get(placed + i).block).isEqualTo(ops.get(placed).block);
        }
        placed += block.recordCount();
    }

    /** The device has made a block durable. */
    void durable(Block block) {
        durable.set(blocks.indexOf(block), true);
        while (unbroken < durable.size() && durable.get(unbroken)) {
            unbroken++;
        }
    }

    /** Behind the blocks that are durable without a hole. */
    long durableEnd() {
        return unbroken == 0 ? openedAt : blocks.get(unbroken - 1).end();
    }

    /** A listener was called. */
    void acknowledged(Op op) {
        if (op.abandoned || op.acknowledged || !op.hasPosition() || op.position >= durableEnd()) {
            throw new AssertionError(
                    "acknowledged, while all is durable without a hole up to " + durableEnd() + ": " + op);
        }
        op.acknowledged = true;
        acknowledgements++;
    }

    /** How many times a listener was called so far. */
    long acknowledgements() {
        return acknowledgements;
    }

    /** All records, the oldest first. */
    List<Op> ops() {
        return Collections.unmodifiableList(ops);
    }

    /** Nothing that is durable without a hole waits for its listener. */
    void checkAcknowledged() {
        while (checked < placed && ops.get(checked).position < durableEnd()) {
            Op op = ops.get(checked);
            if (!op.acknowledged && !op.abandoned) {
                throw new AssertionError("durable up to " + durableEnd() + ", and not acknowledged: " + op);
            }
            checked++;
        }
    }

    void trimBegins(long position) {
        trimming = position;
    }

    /** The log says that it is trimmed up to {@code position}. */
    void trimmed(long position) {
        if (position == trimming) {
            trimmed = position;
        }
    }

    /** Where blocks begin or end, from the trim position up to the durable end. */
    List<Long> trimPositions() {
        List<Long> positions = new ArrayList<>(recovered);
        positions.removeIf(position -> position <= trimmed);
        for (int i = 0; i < unbroken; i++) {
            if (blocks.get(i).end() > trimmed) {
                positions.add(blocks.get(i).end());
            }
        }
        return positions;
    }

    /** Bytes of records, without padding, between the trim position and the durable end, if all of it is of this opening. */
    long dataBytes() {
        return blocks.stream()
                .filter(block -> block.recordCount() > 0 && block.position() >= trimmed)
                .mapToLong(Block::length)
                .sum();
    }

    boolean trimmedSinceOpening() {
        return trimmed >= openedAt;
    }

    /**
     * A recovery has read {@code found}, from {@code trim} on: all of it was appended, in that order, and nothing that was
     * acknowledged and isn't trimmed is missing. What it didn't find is forgotten.
     */
    void recovered(List<Scanned> found, long trim, long end) {
        assertThat(trim).as("the trim position").isIn(trimmed, trimming);
        int first = 0;
        while (first < ops.size() && ops.get(first).hasPosition() && ops.get(first).position < trim) {
            first++;
        }
        for (int i = 0; i < found.size(); i++) {
            if (first + i == ops.size()) {
                throw new AssertionError("nothing was appended that could be " + found.get(i));
            }
            found.get(i).checkIs(ops.get(first + i));
        }
        int next = first + found.size();
        for (Op lost : ops.subList(next, ops.size())) {
            boolean inFoundBlock = next > first && lost.position == ops.get(next - 1).position;
            if (lost.acknowledged || inFoundBlock) {
                throw new AssertionError(
                        "recovery ends at " + end + ", lost, or found a part of its block only: " + lost);
            }
        }
        ops.subList(next, ops.size()).clear();
        logs.clear();
        for (Op op : ops) {
            log(op.header.log()).apply(op);
            op.acknowledged |= !op.abandoned;
        }
        recovered.clear();
        found.stream().map(Scanned::position).distinct().forEach(recovered::add);
        recovered.add(end);
        placed = ops.size();
        checked = ops.size();
        blocks.clear();
        durable.clear();
        unbroken = 0;
        openedAt = end;
        trimmed = trim;
        trimming = trim;
    }
}
