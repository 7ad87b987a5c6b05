package io.aquifer.wal.append;

import static io.aquifer.wal.append.TestLog.BLOCK_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.sim.ForwardingDevice;
import io.aquifer.sim.SeedExtension;
import io.aquifer.sim.Seeds;
import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.layout.RecordHeader;
import io.aquifer.wal.layout.RecordKind;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Threads that append, write and trim at once: every byte of every block, every acknowledgement, all room given back. */
@ExtendWith(SeedExtension.class)
@Timeout(300)
class WriteAheadLogStressTest {

    private static final int APPENDERS = 6;
    private static final int RECORDS = 1500;

    @Test
    void whatManyThreadsAppendIsWrittenByteForByteAcknowledgedInOrderAndGivenBack(Seeds seeds) {
        seeds.forEach(4, random -> run(random.nextLong()));
    }

    private static void run(long seed) throws Exception {
        TestLog test = new TestLog(512, 64, 4 * BLOCK_SIZE);
        Checker checker = new Checker();
        ForwardingDevice checked = new ForwardingDevice(test.device) {
            @Override
            public void write(long position, ByteBuffer source) throws IOException {
                if (position >= Superblock.RING_OFFSET) {
                    checker.check(source.duplicate());
                }
                super.write(position, source);
            }
        };
        WalWriters writers = new WalWriters(
                test.log,
                new SyncGuard(checked),
                new WalSettings(1 << 20, BLOCK_SIZE, 4, Duration.ofMinutes(5)),
                WalObserver.NONE);
        ExecutorService threads = Executors.newFixedThreadPool(APPENDERS);
        List<Future<?>> appenders = new ArrayList<>();
        List<AtomicLong> acknowledged = new ArrayList<>();
        for (int i = 0; i < APPENDERS; i++) {
            int appender = i;
            AtomicLong own = new AtomicLong();
            acknowledged.add(own);
            appenders.add(threads.submit(() -> append(test.log, appender, Seeds.random(seed + appender), own)));
        }
        while (!appenders.stream().allMatch(Future::isDone)) {
            test.log.trim(test.log.durablePosition(), false);
            Thread.onSpinWait();
        }
        for (Future<?> appender : appenders) {
            appender.get(1, TimeUnit.MINUTES);
        }
        threads.shutdown();
        test.log.trim(test.log.durablePosition(), false);
        assertThat(writers.close()).isTrue();
        assertThat(test.log.failure()).isNull();
        assertThat(test.log.memoryUsed()).isZero();
        assertThat(test.log.ringUsed()).isZero();
        assertThat(checker.records.get()).isEqualTo(APPENDERS * RECORDS);
        assertThat(acknowledged).allMatch(own -> own.get() > 0);
    }

    /** Each record repeats a byte that its offset says; every fifth is given up, and carries a length no other has. */
    private static Void append(WriteAheadLog log, int appender, RandomGenerator random, AtomicLong acknowledged)
            throws Exception {
        LogId id = new LogId(new UUID(1, 2), appender, 3);
        long last = -1;
        for (long offset = 0; offset < RECORDS; offset++) {
            int length = random.nextInt(random.nextInt(20) == 0 ? 3000 : 200);
            RecordHeader header = new RecordHeader(RecordKind.DATA, id, 0, offset, offset, 0, length);
            long own = offset;
            DurableListener listener = () -> acknowledged.accumulateAndGet(own, Math::max);
            try (Reservation reservation =
                    Objects.requireNonNull(log.reserve(length, 1, TimeUnit.MINUTES.toNanos(2)))) {
                Claim claim = log.claim(header, reservation, listener);
                byte[] filling = new byte[length];
                Arrays.fill(filling, (byte) offset);
                claim.payload().put(filling);
                if (offset % 5 == 0) {
                    claim.abandon();
                } else {
                    claim.commit();
                    last = claim.block();
                }
                for (int i = random.nextInt(200); i > 0; i--) {
                    Thread.onSpinWait();
                }
                byte[] still = new byte[length];
                claim.payload().get(still);
                assertThat(still).as("memory that is held by a claim").isEqualTo(filling);
                claim.release();
            }
        }
        log.awaitDurable(last);
        assertThat(acknowledged).hasValueGreaterThanOrEqualTo(RECORDS - 2L);
        return null;
    }

    /** Reads every block as it is handed to the device. */
    private static final class Checker {
        private final AtomicLong records = new AtomicLong();

        void check(ByteBuffer block) throws IOException {
            BlockHeader header = BlockHeader.readFrom(block, BLOCK_SIZE, 512 * BLOCK_SIZE);
            header.verify(block, BLOCK_SIZE);
            int offset = BlockHeader.SIZE;
            for (int i = 0; i < header.recordCount(); i++) {
                RecordHeader record = RecordHeader.readFrom(block, offset, header.length());
                boolean abandoned = record.baseOffset() % 5 == 0;
                assertThat(record.kind()).isEqualTo(abandoned ? RecordKind.VOID : RecordKind.DATA);
                for (int at = 0; at < record.payloadLength(); at++) {
                    if (block.get(offset + RecordHeader.SIZE + at) != (byte) record.baseOffset()) {
                        throw new AssertionError("byte " + at + " of " + record);
                    }
                }
                offset += record.recordLength();
            }
            assertThat(offset).isEqualTo(BlockHeader.SIZE + header.bodyLength());
            while (offset < header.length() && header.recordCount() > 0) {
                assertThat(block.get(offset++)).isZero();
            }
            records.addAndGet(header.recordCount());
        }
    }
}
