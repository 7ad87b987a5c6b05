package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.FaultyDevice;
import io.aquifer.harness.Folders;
import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Load;
import io.aquifer.harness.Readback;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Topics;
import io.aquifer.harness.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A raw device that fails, or hangs, while records are on their way to it. */
class FailingDeviceIT {

    private static final String TOPIC = "unlucky";
    private static final String FAILED = "has failed: nothing is acknowledged any more";

    private final Cleanup cleanup = new Cleanup();
    private final History history = new History();
    private FaultyDevice device;
    private BrokerProcess broker;
    private Admin admin;

    private void startOnAFaultyDevice(Duration deviceTimeout) throws IOException {
        assumeTrue(FaultyDevice.isAvailable(), FaultyDevice.NEEDS);
        Path folder = cleanup.add(Folders.scratch("faulty")).path();
        device = cleanup.add(FaultyDevice.create(folder.resolve("device"), 256L << 20));
        AquiferCluster cluster = cleanup.add(AquiferCluster.prepare(folder, Plan.DEFAULT.withWalOnFile(32L << 20)));
        broker = cluster.broker();
        String path = device.path().toString();
        Aquifer.wal(
                        cluster.kafka(),
                        "format",
                        path,
                        "--cluster-id",
                        cluster.cluster().id(),
                        "--node-id",
                        "1")
                .orThrow();
        broker.reconfigure(broker.config()
                .with(Map.of(
                        "aquifer.wal.path",
                        path,
                        "aquifer.wal.device.timeout.ms",
                        Long.toString(deviceTimeout.toMillis()))));
        broker.startAndAwait(LIMIT);
        admin = cleanup.add(broker.admin());
        new Topics(admin).create(TOPIC, 1, 1, Topics.SHARED);
    }

    @AfterEach
    void cleanUp() {
        cleanup.close();
    }

    @Test
    void nothing_is_acknowledged_any_more_once_a_write_has_failed() throws IOException {
        startOnAFaultyDevice(Duration.ofSeconds(30));
        failsTheBrokerAndLosesNothing(device::failWrites);
    }

    @Test
    void a_write_that_hangs_has_failed_after_the_time_that_the_setting_says() throws IOException {
        startOnAFaultyDevice(Duration.ofSeconds(3));
        failsTheBrokerAndLosesNothing(device::hang);
    }

    @Test
    void consumers_see_no_record_before_it_is_durable() throws IOException {
        startOnAFaultyDevice(Duration.ofMinutes(5));
        Topics topics = new Topics(admin);
        try (Load load = load()) {
            Await.until("records", LIMIT, () -> history.acknowledged() > 1_000);
            device.hang();
            Await.until(
                    "records that are only in the page cache",
                    LIMIT,
                    () -> Segments.endOffset(broker.partitionFolder(TOPIC, 0)) > topics.end(TOPIC, 0));

            assertThat(check().read()).isEqualTo(history.acknowledged());

            device.heal();
            load.stop(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }
        assertThat(check().examples()).isEmpty();
        assertThat(check().read()).isEqualTo(history.sent());
    }

    /** With its only log directory offline the broker ends, as Kafka has it; a hung write keeps the process until then. */
    private void failsTheBrokerAndLosesNothing(Fault fault) throws IOException {
        try (Load load = load()) {
            Await.until("records", LIMIT, () -> history.acknowledged() > 1_000);
            fault.occur();
            Await.until("the failure of the WAL", LIMIT, () -> broker.output().contains(FAILED));
            long acknowledged = history.acknowledged();
            device.heal();
            assertThat(broker.awaitExit(LIMIT)).isNotZero();
            assertThat(history.acknowledged()).isEqualTo(acknowledged);

            broker.startAndAwait(LIMIT);
            Await.until("records after the repair", LIMIT, () -> history.acknowledged() > acknowledged + 1_000);
            load.stop(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }
        assertThat(check().examples()).isEmpty();
    }

    private Load load() {
        return new Load(broker.bootstrap(), TOPIC, history, Load.Options.DEFAULT.withRecordsPerSecond(1_000)).start();
    }

    private Verdict check() {
        return Readback.check(broker.bootstrap(), TOPIC, history, Isolation.READ_UNCOMMITTED, LIMIT);
    }

    @FunctionalInterface
    private interface Fault {
        void occur() throws IOException;
    }
}
