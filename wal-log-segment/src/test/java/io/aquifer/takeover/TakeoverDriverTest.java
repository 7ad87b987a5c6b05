package io.aquifer.takeover;

import static io.aquifer.takeover.Cluster.NOBODY;
import static io.aquifer.takeover.Cluster.log;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.controller.ActiveController;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.OwnershipTerms;
import io.aquifer.format.TakeoverListing;
import io.aquifer.format.TakeoverPlan;
import io.aquifer.format.TakeoverPlan.Handover;
import io.aquifer.format.TakeoverState;
import io.aquifer.format.Takeovers;
import io.aquifer.format.WalEntry;
import io.aquifer.format.WalEntryKind;
import io.aquifer.format.WalEpoch;
import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectInfo;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.CheckpointPayload;
import io.aquifer.wal.upload.WalTakeover;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TakeoverDriverTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final int DEAD = 3;
    private static final int DRIVER = 1;
    private static final int BLOCK = 4096;
    private static final TakeoverSettings WITHOUT_DEVICE =
            new TakeoverSettings(true, Duration.ZERO, Optional.empty(), true);

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final Takeovers takeovers = new Takeovers(store, KEYS);
    private final FakeController controller = new FakeController();
    private final Cluster cluster = new Cluster().alive(1, 2, 4).dead(DEAD);
    private final Map<WalEpoch, TakeoverPlan> plans = new HashMap<>();
    private long now;

    /** A WAL that says no more of its logs than that they are there. */
    private WalEpoch wal(int node, OptionalLong leaseMs, LogIncarnation... logs) throws IOException {
        WalEpoch epoch = new WalEpoch(node, 1);
        UUID walId = new UUID(77, node);
        Map<LogIncarnation, List<WalEntry>> entries = new HashMap<>();
        for (LogIncarnation log : logs) {
            ByteBuffer description = ByteBuffer.wrap(new CheckpointPayload("topic", false).toBytes());
            entries.put(log, List.of(WalEntry.of(WalEntryKind.CHECKPOINT, -1, 0, -1, -1, 0, description)));
        }
        WalObjectInfo info = new WalObjectInfo(new WalObjectName(node, 1, 0), walId, BLOCK, 0, BLOCK, BLOCK);
        StoreWait.untilDone(takeovers.create(new OwnershipTerms(epoch, walId, leaseMs)));
        StoreWait.untilDone(new WalObjects(store, KEYS)
                .create(new WalObjectIndex(info, entries), ObjectContent.of(ByteBuffer.allocate(BLOCK))));
        return new WalEpoch(node, WalTakeover.epochFor(1));
    }

    private TakeoverDriver driver(WalEpoch wal) throws IOException {
        StoreWait.untilDone(takeovers.ask(wal, DRIVER));
        return new TakeoverDriver(
                store,
                KEYS,
                DRIVER,
                wal,
                WITHOUT_DEVICE,
                new BlockDevices(new JnaNativeIo()),
                new ActiveController(controller.channel()),
                new Reassignment(controller.channel()),
                () -> now);
    }

    private Optional<TakeoverPlan> step(TakeoverDriver driver, WalEpoch wal) throws IOException {
        TakeoverListing listing = StoreWait.untilDone(takeovers.list());
        TakeoverState state = listing.of(wal).orElseThrow();
        driver.step(cluster.view(), listing, state, plans);
        Optional<TakeoverPlan> plan = StoreWait.untilDone(takeovers.plan(wal));
        plan.ifPresent(found -> plans.put(wal, found));
        return plan;
    }

    private static OptionalLong lease(long ms) {
        return OptionalLong.of(ms);
    }

    /** The brokers that go on own WALs, too. */
    @BeforeEach
    void owners() throws IOException {
        for (int node : new int[] {1, 2}) {
            wal(node, lease(0), log(90 + node));
        }
    }

    @Test
    void theDeviceIsLeftAloneUntilTheLeaseIsOverByASlowerClockToo() throws IOException {
        WalEpoch wal = wal(DEAD, lease(10_000), log(0));
        TakeoverDriver driver = driver(wal);
        now = 5;
        assertThat(step(driver, wal)).isEmpty();

        now += TimeUnit.MILLISECONDS.toNanos(11_000) - 1;
        assertThat(step(driver, wal)).isEmpty();
        now++;
        assertThat(step(driver, wal)).isPresent();
    }

    @Test
    void aBrokerThatAcknowledgesForAsLongAsItHasItsDeviceIsNotWaitedOut() throws IOException {
        WalEpoch wal = wal(DEAD, OptionalLong.empty(), log(0));
        TakeoverDriver driver = driver(wal);
        for (int i = 0; i < 3; i++) {
            now += TimeUnit.DAYS.toNanos(1);
            assertThat(step(driver, wal)).isEmpty();
        }

        WalTakeover.of(store, KEYS, wal, DRIVER).giveUpRest();
        assertThat(step(driver, wal)).isPresent();
    }

    @Test
    void aBrokerThatLivesIsNotSealed() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        cluster.alive(DEAD);
        TakeoverDriver driver = driver(wal);
        for (int i = 0; i < 3; i++) {
            assertThat(step(driver, wal)).isEmpty();
        }

        WalTakeover looking = WalTakeover.of(store, KEYS, wal, DRIVER);
        assertThat(looking.isUploaded()).isFalse();
        assertThat(store.bucket().keys()).noneMatch(key -> key.startsWith(KEYS.walObjectsOf(DEAD, wal.epoch())));
    }

    @Test
    void whatWaitsForTheDeadBrokerAloneGoesToWhoeverLeadsTheFewest() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0), log(1), log(2), log(3), log(4));
        cluster.stranded(0, DEAD)
                .stranded(1, DEAD)
                .stranded(2, DEAD)
                .led(3, 2)
                .partition(4, NOBODY, List.of(DEAD, 2), List.of(DEAD, 2))
                .led(5, 1)
                .led(6, 1);

        TakeoverPlan plan = planOf(wal);

        assertThat(plan.handovers()).extracting(Handover::log).containsExactly(log(0), log(1), log(2));
        assertThat(plan.handovers()).extracting(Handover::owner).containsExactly(2, 1, 2);
        assertThat(plan.handovers()).allMatch(each -> each.source().equals(wal));
    }

    private TakeoverPlan planOf(WalEpoch wal) throws IOException {
        TakeoverDriver driver = driver(wal);
        return step(driver, wal).orElseGet(() -> {
            throw new AssertionError("no plan");
        });
    }

    @Test
    void amongThoseThatLeadAsFewOneInTheDeadBrokersRackIsPreferred() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        cluster.stranded(0, DEAD).broker(2, true, "rack-" + DEAD);

        assertThat(planOf(wal).handovers()).extracting(Handover::owner).containsExactly(2);
    }

    @Test
    void nobodyGetsAPartitionOfWhichItHasAReplicaThatLagsBehind() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        cluster.partition(0, NOBODY, List.of(DEAD, 1), List.of(DEAD));
        TakeoverDriver driver = driver(wal);

        assertThat(step(driver, wal).orElseThrow().handovers())
                .extracting(Handover::owner)
                .containsExactly(2);
    }

    @Test
    void withoutABrokerThatCanGetItThereIsNoPlan() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        cluster.partition(0, NOBODY, List.of(DEAD, 1, 2), List.of(DEAD));
        TakeoverDriver driver = driver(wal);

        assertThat(step(driver, wal)).isEmpty();
        assertThat(step(driver, wal)).isEmpty();
    }

    @Test
    void whatADeadOwnerWasToGetAndHasNotGoesToAnotherFromWhereItIsToBeHad() throws IOException {
        WalEpoch first = wal(DEAD, lease(0), log(0), log(1));
        cluster.stranded(0, DEAD).stranded(1, DEAD);
        planOf(first);
        Handover lost = plans.get(first).of(2).get(0);
        WalEpoch second = new WalEpoch(2, WalTakeover.epochFor(1));
        cluster.dead(2).stranded(92, 2);

        TakeoverPlan plan = planOf(second);

        assertThat(plan.handovers())
                .containsExactlyInAnyOrder(
                        new Handover(first, lost.walId(), lost.log(), 1),
                        new Handover(second, new UUID(77, 2), log(92), 1));
    }

    @Test
    void partitionsMoveOnceTheirOwnerIsReadyAndAllIsDoneOnceItHasThemInItsWal() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0), log(1));
        cluster.stranded(0, DEAD).stranded(1, DEAD);
        planOf(wal);
        TakeoverDriver driver = driver(wal);
        step(driver, wal);
        assertThat(controller.asked()).isEmpty();

        StoreWait.untilDone(takeovers.prepared(wal, 1));
        step(driver, wal);
        List<String> asked = controller.asked();
        assertThat(asked).hasSize(3);
        assertThat(asked.get(0)).contains("partitionIndex=0").doesNotContain("partitionIndex=1");
        assertThat(asked.get(1)).contains("UNCLEAN");
        assertThat(asked.get(2)).isEqualTo(asked.get(0));

        StoreWait.untilDone(takeovers.prepared(wal, 2));
        cluster.led(0, 1).led(1, 2);
        step(driver, wal);
        assertThat(controller.asked()).isEmpty();
        StoreWait.untilDone(takeovers.taken(wal, 1));
        step(driver, wal);
        assertThat(StoreWait.untilDone(takeovers.list()).running()).hasSize(1);

        StoreWait.untilDone(takeovers.taken(wal, 2));
        step(driver, wal);
        assertThat(StoreWait.untilDone(takeovers.list()).running()).isEmpty();
    }

    @Test
    void aPlanIsMadeFromTheNewestMetadataOnly() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        cluster.stranded(0, DEAD);
        TakeoverDriver driver = driver(wal);
        controller.committed(Cluster.OFFSET + 2);
        assertThat(step(driver, wal)).isEmpty();

        controller.committed(Cluster.OFFSET + 1);
        assertThat(step(driver, wal).orElseThrow().metadataOffset()).isEqualTo(Cluster.OFFSET);
    }

    @Test
    void whoeverHasOlderMetadataThanThePlanTakesNothingForDone() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        TakeoverDriver driver = driver(wal);
        Handover handover = new Handover(wal, new UUID(77, DEAD), log(0), 1);
        for (long offset : new long[] {Cluster.OFFSET + 1, Cluster.OFFSET}) {
            plans.put(wal, new TakeoverPlan(wal, DRIVER, offset, List.of(handover)));
            assertThat(StoreWait.untilDone(takeovers.list()).running()).hasSize(1);
            step(driver, wal);
        }
        assertThat(StoreWait.untilDone(takeovers.list()).running()).isEmpty();
    }

    @Test
    void anOwnerThatIsAwayIsNotElected() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        cluster.stranded(0, DEAD);
        planOf(wal);
        StoreWait.untilDone(takeovers.prepared(wal, 1));
        cluster.dead(1);

        step(driver(wal), wal);

        assertThat(controller.asked()).isEmpty();
    }

    @Test
    void aPermissionThatIsMissingIsNamed() throws IOException {
        WalEpoch wal = wal(DEAD, lease(0), log(0));
        cluster.stranded(0, DEAD);
        planOf(wal);
        StoreWait.untilDone(takeovers.prepared(wal, 1));
        controller.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED);
        TakeoverDriver driver = driver(wal);

        assertThatThrownBy(() -> step(driver, wal))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ALTER the CLUSTER");
    }
}
