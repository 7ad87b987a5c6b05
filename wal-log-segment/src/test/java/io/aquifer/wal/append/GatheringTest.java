package io.aquifer.wal.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.layout.BlockHeader;
import io.aquifer.wal.layout.RecordHeader;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatheringTest {

    private static final long LONG = TimeUnit.HOURS.toNanos(1);
    private static final int QUARTER = TestLog.BLOCK_SIZE / 4 - RecordHeader.SIZE;

    private final Gathering gathering = new Gathering();

    @Test
    void aWaitEndsWithTheLastAppendThatHadBegunBeforeIt() throws Exception {
        int first = gathering.begin();
        int second = gathering.begin();
        Waiting<Void> wait = await(() -> false);

        gathering.end(first);
        wait.requireWaiting();
        int later = gathering.begin();
        gathering.end(second);

        wait.result();
        gathering.end(later);
    }

    @Test
    void nobodyWaitsWhereNothingIsUnderWay() throws Exception {
        gathering.end(gathering.begin());

        gathering.await(LONG, () -> false);
    }

    @Test
    void anAppendThatAWaitGaveUpOnIsNotWaitedForAgain() throws Exception {
        int slow = gathering.begin();
        gathering.await(0, () -> false);
        int next = gathering.begin();

        gathering.await(LONG, () -> false);

        gathering.end(slow);
        gathering.end(next);
    }

    @Test
    void aWaitEndsWhenThereIsEnough() throws Exception {
        gathering.begin();
        AtomicBoolean enough = new AtomicBoolean();
        Waiting<Void> wait = await(enough::get);

        enough.set(true);
        gathering.wake();

        wait.result();
    }

    @Test
    void aBlockWaitsForAllRecordsOfARequest() throws Exception {
        TestLog test = new TestLog(64, 32, 4 * TestLog.BLOCK_SIZE);
        try (Reservation request = reserve(test, 3)) {
            commit(test, request);
            Waiting<Block> taken = new Waiting<>(test.log::take);
            commit(test, request);
            taken.requireWaiting();
            commit(test, request);

            assertThat(taken.result().recordCount()).isEqualTo(3);
        }
    }

    @Test
    void aBlockDoesNotWaitForARequestThatWasGivenUp() throws Exception {
        TestLog test = new TestLog(64, 32, 4 * TestLog.BLOCK_SIZE);
        Reservation request = reserve(test, 3);
        commit(test, request);
        Waiting<Block> taken = new Waiting<>(test.log::take);

        request.close();

        assertThat(taken.result().recordCount()).isEqualTo(1);
    }

    @Test
    void aFullBlockDoesNotWaitForTheRecordsThatGoIntoTheNextOne() throws Exception {
        TestLog test = new TestLog(64, 32, TestLog.BLOCK_SIZE);
        int alone = TestLog.BLOCK_SIZE - BlockHeader.SIZE - RecordHeader.SIZE;
        try (Reservation request = reserve(test, 3)) {
            commit(test, request, alone);
            Waiting<Block> taken = new Waiting<>(test.log::take);

            commit(test, request, alone);

            assertThat(taken.result().recordCount()).isEqualTo(1);
        }
    }

    @Test
    void aRequestOfOneRecordHoldsNobodyUp() throws Exception {
        TestLog test = new TestLog(64, 32, 4 * TestLog.BLOCK_SIZE);
        try (Reservation other = reserve(test, 1)) {
            test.append(QUARTER);

            assertThat(test.log.take().recordCount()).isEqualTo(1);
            commit(test, other);
        }
    }

    private static Reservation reserve(TestLog test, int records) throws Exception {
        return Objects.requireNonNull(test.log.reserve(records * (long) QUARTER, records, 0));
    }

    private static void commit(TestLog test, Reservation request) throws Exception {
        commit(test, request, QUARTER);
    }

    private static void commit(TestLog test, Reservation request, int bytes) throws Exception {
        Claim claim = test.claim(bytes, request);
        TestLog.fill(claim);
        claim.commit();
        claim.release();
    }

    private Waiting<Void> await(BooleanSupplier enough) {
        return new Waiting<>(() -> {
            gathering.await(LONG, enough);
            return null;
        });
    }

    /** A call in a thread of its own that has begun to wait. */
    private static final class Waiting<T> {
        private final FutureTask<T> task;
        private final Thread thread;

        Waiting(Callable<T> call) {
            task = new FutureTask<>(call);
            thread = new Thread(task, "waiting");
            thread.setDaemon(true);
            thread.start();
            requireWaiting();
        }

        /** Fails if the call returns instead of waiting. */
        void requireWaiting() {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                assertThat(task.isDone()).as("the call has returned").isFalse();
                Thread.onSpinWait();
            }
        }

        T result() throws Exception {
            return task.get();
        }
    }
}
