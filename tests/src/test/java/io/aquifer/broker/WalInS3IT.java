package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerMetrics;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.UploadedWal;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The WAL of a broker goes to S3, without a gap whatever becomes of the broker and of S3. */
class WalInS3IT {

    private static final String TOPIC = "uploaded";
    private static final int PARTITIONS = 2;

    @Test
    void much_more_than_the_ring_holds_goes_to_s3_and_goes_on_after_a_kill() throws IOException {
        Plan plan = Plan.DEFAULT
                .withWal(48L << 20)
                .with("aquifer.wal.memory.bytes", Integer.toString(8 << 20))
                .with("aquifer.wal.block.bytes", Integer.toString(256 << 10))
                .with("aquifer.wal.upload.bytes", Integer.toString(4 << 20))
                .with("aquifer.wal.trim.interval.ms", "100");
        try (BrokerFixture fixture = BrokerFixture.startTiered(plan)) {
            fixture.createShared(TOPIC, PARTITIONS);
            History history = new History();
            fixture.writeMore(TOPIC, history, 100_000, Load.Options.DEFAULT);
            int before = awaitAllInS3(fixture).objects();
            assertThat(before).isGreaterThan(20);
            assertRequestsAreCounted(fixture, before);

            fixture.writeMore(TOPIC, history, 5_000, Load.Options.DEFAULT);
            fixture.killAndRestart();
            fixture.writeMore(TOPIC, history, 20_000, Load.Options.DEFAULT);

            UploadedWal after = awaitAllInS3(fixture);
            assertThat(after.objects()).isGreaterThan(before);
            assertThat(after.epochs()).hasSize(2);
            fixture.broker().stop(LIMIT);
            fixture.restart();
            fixture.writeMore(TOPIC, history, 1_000, Load.Options.DEFAULT);
            assertThat(awaitAllInS3(fixture).epochs()).hasSize(3);
            fixture.assertIntact(TOPIC, history);
        }
    }

    /** S3 charges for each of them, and for the bytes. */
    private static void assertRequestsAreCounted(BrokerFixture fixture, int objects) throws IOException {
        try (BrokerMetrics metrics = BrokerMetrics.of(fixture.broker())) {
            assertThat(metrics.count("io.aquifer:type=S3,name=RequestsPerSec,client=wal,action=put"))
                    .isGreaterThanOrEqualTo(objects);
            assertThat(metrics.count("io.aquifer:type=S3,name=BytesSentPerSec,client=wal"))
                    .isGreaterThan(metrics.count("io.aquifer:type=WalUpload,name=BytesPerSec"));
        }
    }

    @Test
    void a_store_that_is_away_under_load_is_survived_and_everything_is_there_afterwards() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT)) {
            fixture.createShared(TOPIC, PARTITIONS);
            History history = new History();
            Load.Options options = Load.Options.DEFAULT.withRecords(60_000).withRecordsPerSecond(4_000);
            try (Load load = new Load(fixture.bootstrap(), TOPIC, history, options).start()) {
                Await.until("records before", LIMIT, () -> fixture.topics().end(TOPIC, 0) > 2_000);
                fixture.tier().stop();
                long gone = fixture.topics().end(TOPIC, 0);
                Await.until("records meanwhile", LIMIT, () -> fixture.topics().end(TOPIC, 0) > gone + 10_000);
                fixture.tier().resume();
                load.finish(LIMIT);
                assertThat(load.firstFailure()).isNull();
            }

            awaitAllInS3(fixture);
            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void a_broker_starts_and_acknowledges_without_s3_where_the_device_is_the_fence() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT)) {
            fixture.createShared(TOPIC, PARTITIONS);
            History history = fixture.write(TOPIC, 1_000);
            fixture.broker().kill();
            fixture.tier().stop();
            fixture.restart();

            fixture.writeMore(TOPIC, history, 1_000, Load.Options.DEFAULT);
            fixture.tier().resume();

            assertThat(awaitAllInS3(fixture).epochs()).hasSize(2);
            fixture.assertIntact(TOPIC, history);
        }
    }

    /** Returns when every record of the topic is in the chain of WAL objects. */
    private static UploadedWal awaitAllInS3(BrokerFixture fixture) {
        try (ObjectStore store = fixture.tier().store()) {
            UploadedWal[] found = new UploadedWal[1];
            Await.until(
                    () -> "every record in S3; the broker said:\n"
                            + fixture.broker().output(),
                    LIMIT,
                    () -> {
                        UploadedWal wal = new UploadedWal(
                                store,
                                fixture.cluster().cluster().id(),
                                fixture.broker().config().nodeId());
                        found[0] = wal;
                        return isWhole(fixture, wal);
                    });
            return found[0];
        }
    }

    private static boolean isWhole(BrokerFixture fixture, UploadedWal wal) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (wal.end(partition) < fixture.topics().end(TOPIC, partition)) {
                return false;
            }
        }
        return true;
    }
}
