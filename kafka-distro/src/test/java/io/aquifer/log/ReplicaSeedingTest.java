package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that are added to a shared log begin where the tier ends. */
class ReplicaSeedingTest {

    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final int EPOCH = 1;
    private static final long END = 3;

    @TempDir
    Path root;

    private final AtomicLong nanos = new AtomicLong();
    private Broker broker;
    private Replicas replicas;
    private ReplicaSeeding seeding;
    private UnifiedLog log;

    @BeforeEach
    void start() throws IOException {
        broker = new Broker(root).sharedTopic("shared").start();
        replicas = new Replicas(broker);
        seeding = new ReplicaSeeding(nanos::get);
        broker.create(SHARED);
        log = replicas.lead(SHARED, EPOCH);
        replicas.produce(-1, SHARED, Batches.of("a", "b", "c")).errors();
        assertThat(log.highWatermark()).isEqualTo(END);
    }

    @AfterEach
    void close() throws InterruptedException {
        seeding.stop();
        replicas.close();
        broker.close();
    }

    private void add(int... nodes) {
        seeding.replicasChanged(replicas.partition(SHARED), Replicas.adding(EPOCH, nodes));
    }

    /** Kafka's task that copies to the tier, which gets as far as {@code end} from now on. */
    private void tierReaches(long end) {
        tierReaches(() -> end);
    }

    private void tierReaches(LongSupplier end) {
        Runnable task = new Runnable() {
            @Override
            public void run() {
                if (state().beginCopy(this)) {
                    try {
                        log.updateHighestOffsetInRemoteStorage(end.getAsLong() - 1);
                    } finally {
                        state().endCopy();
                    }
                }
            }
        };
        task.run();
    }

    private SharedLog state() {
        return broker.shared(SHARED);
    }

    private long replicaReads(long offset) throws IOException {
        return read(offset, FetchIsolation.LOG_END);
    }

    private long read(long offset, FetchIsolation isolation) throws IOException {
        return log.read(offset, 1 << 20, isolation, true).records.sizeInBytes();
    }

    private void awaitSeeded() {
        Eventually.holds("the seeding is over", () -> seeding.running() == 0);
    }

    @Test
    void replicasWaitUntilTheTierHasTheLogAndThenBeginAtItsEnd() throws IOException {
        add(2);
        assertThatThrownBy(() -> replicaReads(0)).isInstanceOf(NotLeaderOrFollowerException.class);
        assertThat(read(0, FetchIsolation.HIGH_WATERMARK)).isPositive();

        tierReaches(END);
        awaitSeeded();

        assertThatThrownBy(() -> replicaReads(0)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(log.localLogStartOffset()).isEqualTo(END);
        assertThat(replicaReads(END)).isZero();
        assertThat(read(0, FetchIsolation.HIGH_WATERMARK)).isPositive();
        assertThat(seeding.seeded()).isOne();
    }

    @Test
    void theOpenSegmentIsRolledSoThatTheTierCanHaveIt() {
        assertThat(log.activeSegment().baseOffset()).isZero();
        add(2);
        Eventually.holds("the segment is rolled", () -> log.activeSegment().baseOffset() == END);
        tierReaches(END);
        awaitSeeded();
    }

    @Test
    void whereTheTierDoesNotTakeAllInTimeReplicasBeginWhereItEnds() throws IOException {
        tierReaches(1);
        add(2);
        Eventually.holds("it has begun", () -> log.activeSegment().baseOffset() == END);
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        awaitSeeded();

        assertThatThrownBy(() -> replicaReads(0)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(log.localLogStartOffset()).isEqualTo(1);
        assertThat(replicaReads(1)).isPositive();
        assertThat(seeding.shortened()).isOne();
    }

    @Test
    void aTierThatGetsFurtherIsWaitedForLonger() {
        AtomicInteger runs = new AtomicInteger();
        AtomicLong reach = new AtomicLong(1);
        tierReaches(() -> {
            runs.incrementAndGet();
            return reach.get();
        });
        add(2);
        awaitRuns(runs);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
        reach.set(2);
        awaitRuns(runs);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
        awaitRuns(runs);
        assertThat(seeding.running()).isOne();

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
        awaitSeeded();
        assertThat(log.localLogStartOffset()).isEqualTo(2);
    }

    private static void awaitRuns(AtomicInteger runs) {
        int before = runs.get();
        Eventually.holds("more runs", () -> runs.get() > before + 2);
    }

    @Test
    void whenNoneAreAddedAnyMoreTheLogIsReadAsBefore() throws IOException {
        add(2);
        add();
        awaitSeeded();

        assertThat(replicaReads(0)).isPositive();
        assertThat(log.localLogStartOffset()).isZero();
    }

    @Test
    void aLeadershipThatIsLostMeanwhileLeavesNobodyWaiting() throws IOException {
        add(2);
        replicas.follow(SHARED, EPOCH + 1);
        awaitSeeded();
        log = replicas.lead(SHARED, EPOCH + 2);
        tierReaches(END);
        add(2);
        awaitSeeded();

        assertThat(seeding.seeded()).isOne();
        assertThat(replicaReads(END)).isZero();
    }

    @Test
    void whereTheCopyingFailsReplicasCopyFromTheLeader() throws IOException {
        assertThatThrownBy(() -> tierReaches(() -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        add(2);
        awaitSeeded();

        assertThat(replicaReads(0)).isPositive();
    }

    @Test
    void theSameReplicasAreSeededOnceAndOthersAgain() {
        tierReaches(END);
        add(2);
        add(2);
        awaitSeeded();
        assertThat(seeding.seeded()).isOne();

        add(2, 3);
        awaitSeeded();
        assertThat(seeding.seeded()).isEqualTo(2);
    }

    @Test
    void aTopicThatIsNotTieredIsCopiedFromItsLeader() throws IOException {
        broker.reconfigure("shared", "remote.storage.enable", "true", "remote.log.copy.disable", "true");
        add(2);
        assertThat(replicaReads(0)).isPositive();
    }

    @Test
    void segmentsAreCopiedByOneRunOfTheTaskAtATime() {
        Runnable task = () -> {};
        assertThat(state().beginCopy(task)).isTrue();
        assertThat(state().beginCopy(task)).isFalse();
        state().endCopy();
        assertThat(state().beginCopy(task)).isTrue();
    }
}
