package io.aquifer.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.append.Claim;
import io.aquifer.wal.append.RecordTooLongException;
import io.aquifer.wal.append.Reservation;
import io.aquifer.wal.append.WalFailedException;
import io.aquifer.wal.append.WalFullException;
import io.aquifer.wal.append.WriteAheadLog;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a broker's threads do to the WAL, one step at a time: logs that are appended to, truncated, emptied, deleted. */
final class Appender {

    private final WriteAheadLog log;
    private final History history;
    private final Temper temper;
    private final int maxPayload;
    private final RandomGenerator random;

    private final List<Pending> uncommitted = new ArrayList<>();
    private final List<Pending> unreleased = new ArrayList<>();

    Appender(WriteAheadLog log, History history, Temper temper, RandomGenerator random) {
        this.log = log;
        this.history = history;
        this.temper = temper;
        int maxBlock = Math.min(
                log.superblock().maxBlockLength(), temper.memoryBytes() / 4 / temper.blockSize() * temper.blockSize());
        this.maxPayload = maxBlock - BlockHeader.SIZE - RecordHeader.SIZE;
        this.random = random;
    }

    private record Pending(Claim claim, Op op) {

        void checkPayload() {
            if (!claim.payload().equals(ByteBuffer.wrap(op.payload))) {
                throw new AssertionError("memory was used for something else before it was released: " + op);
            }
        }
    }

    void step() throws IOException {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4, 5 -> append();
            case 6, 7 -> finishClaims(random.nextInt(4));
            case 8 -> releaseClaims(random.nextInt(4));
            case 9 -> createLog();
            default -> control();
        }
    }

    private @Nullable LogModel anyLog() {
        List<LogModel> live = history.liveLogs();
        return live.isEmpty() ? null : live.get(random.nextInt(live.size()));
    }

    private void append() throws IOException {
        LogModel target = anyLog();
        if (target == null) {
            return;
        }
        Op op = Op.data(target.id, batches(target));
        op.abandoned = random.nextInt(8) == 0;
        Reservation reservation = random.nextInt(3) == 0 ? reserve(op.payload.length) : null;
        try {
            Claim claim = log.claim(op.header, reservation, () -> acknowledged(op));
            history.append(op, claim.block());
            uncommitted.add(new Pending(claim, op));
        } catch (WalFullException e) {
            assertThat(reservation).as("a promise that was broken").isNull();
            releaseOldestClaims(random.nextInt(3));
        } catch (RecordTooLongException e) {
            assertThat(op.payload.length).isGreaterThan(maxPayload);
        } catch (WalFailedException e) {
            assertThat(log.failure()).isNotNull();
        } finally {
            if (reservation != null) {
                reservation.close();
            }
        }
    }

    private @Nullable Reservation reserve(long bytes) throws IOException {
        try {
            return log.reserve(bytes, 1, 0);
        } catch (WalFailedException e) {
            return null;
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        }
    }

    private void acknowledged(Op op) {
        assertThat(log.failure()).isNull();
        history.acknowledged(op);
    }

    private List<Batch> batches(LogModel target) {
        List<Batch> batches = new ArrayList<>();
        long base = target.end;
        boolean large = random.nextInt(100) < temper.large();
        int room = large ? maxPayload + 300 : Math.min(maxPayload, 700);
        do {
            int filler = random.nextInt(large || random.nextInt(4) == 0 ? room : 100);
            long last = base + random.nextInt(4);
            Batch batch = new Batch(base, last, history.nextNumber(), filler);
            batches.add(batch);
            room -= batch.length();
            base = last + 1;
        } while (room > 100 && random.nextInt(3) == 0);
        return batches;
    }

    /** Fills and commits, or gives up, some claims, in any order. */
    private void finishClaims(int count) {
        for (int i = 0; i < count && !uncommitted.isEmpty(); i++) {
            Pending pending = uncommitted.remove(random.nextInt(uncommitted.size()));
            pending.claim.payload().put(pending.op.payload);
            if (pending.op.abandoned) {
                pending.claim.abandon();
            } else {
                pending.claim.commit();
            }
            unreleased.add(pending);
        }
    }

    private void releaseClaims(int count) {
        for (int i = 0; i < count && !unreleased.isEmpty(); i++) {
            release(unreleased.remove(random.nextInt(unreleased.size())));
        }
    }

    private void releaseOldestClaims(int count) {
        for (int i = 0; i < count && !unreleased.isEmpty(); i++) {
            release(unreleased.remove(0));
        }
    }

    private static void release(Pending pending) {
        pending.checkPayload();
        pending.claim.release();
    }

    void finishAllClaims() {
        finishClaims(uncommitted.size());
    }

    void releaseAllClaims() {
        finishAllClaims();
        releaseClaims(unreleased.size());
    }

    private void createLog() throws IOException {
        if (history.liveLogs().size() < temper.maxLogs()) {
            LogId id = new LogId(new UUID(1, random.nextInt(3)), random.nextInt(2), history.nextNumber());
            long start = random.nextInt(3) == 0 ? random.nextInt(1000) : 0;
            checkpoint(id, start, start);
        }
    }

    /** Writes down where a log starts and ends; null if there was no room. */
    @Nullable
    Op checkpoint(LogModel target) throws IOException {
        return checkpoint(target.id, target.start, target.end);
    }

    private @Nullable Op checkpoint(LogId id, long start, long end) throws IOException {
        byte[] topic = ("topic-" + id.topicId().getLeastSignificantBits()).getBytes(StandardCharsets.UTF_8);
        return control(Op.control(RecordKind.CHECKPOINT, id, start, end - 1, topic));
    }

    private void control() throws IOException {
        LogModel target = anyLog();
        if (target == null) {
            return;
        }
        RecordKind kind =
                switch (random.nextInt(7)) {
                    case 0, 1, 2 -> RecordKind.TRUNCATE;
                    case 3, 4 -> RecordKind.LOG_START;
                    case 5 -> RecordKind.RESTART;
                    default -> RecordKind.CHECKPOINT;
                };
        if (random.nextInt(100) < temper.deleting()) {
            kind = RecordKind.DELETE;
        }
        if (kind == RecordKind.CHECKPOINT) {
            checkpoint(target);
            return;
        }
        long offset =
                switch (kind) {
                    case TRUNCATE, LOG_START -> random.nextLong(target.start, target.end + 1);
                    case RESTART -> random.nextLong(target.start, target.end + 10);
                    default -> 0;
                };
        control(Op.control(kind, target.id, offset, -1, new byte[0]));
    }

    private @Nullable Op control(Op op) throws IOException {
        try {
            history.append(
                    op,
                    log.control(op.header, op.payload, () -> acknowledged(op)).block());
            return op;
        } catch (WalFullException e) {
            return null;
        } catch (WalFailedException e) {
            assertThat(log.failure()).isNotNull();
            return null;
        }
    }
}
