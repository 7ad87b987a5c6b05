package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Command;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import io.aquifer.harness.UploadedWal;
import io.aquifer.object.EmbeddedS3;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A broker that lost the device of its WAL, and perhaps its log directories too, goes on from its bucket, when it is told to. */
class RecoveredWalIT {

    private static final String TOPIC = "recovered";
    private static final int PARTITIONS = 2;

    @Test
    void what_was_uploaded_is_there_and_writing_goes_on_once_the_loss_is_accepted() throws IOException {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = BrokerFixture.startTiered(
                        Plan.DEFAULT.with("metadata.log.dir", metadata.path().toString()))) {
            fixture.createShared(TOPIC, PARTITIONS, Map.of("segment.bytes", Integer.toString(1 << 20)));
            History history = fixture.write(TOPIC, 10_000);
            awaitAllInS3(fixture);
            fixture.broker().kill();
            loseAllButTheBucket(fixture);

            assertRefusedToStart(fixture.broker());
            Command.Result stated = recover(fixture);
            assertThat(stated.exitStatus()).isOne();
            assertThat(stated.output()).contains("Nothing was changed", "LOST FROM", TOPIC);
            assertRefusedToStart(fixture.broker());
            assertThat(recover(fixture, "--accept-loss").orThrow().output()).contains("Start the broker");

            fixture.restart();
            fixture.assertIntact(TOPIC, history);
            fixture.writeMore(TOPIC, history, 10_000, Load.Options.DEFAULT);
            fixture.assertIntact(TOPIC, history);
            awaitAllInS3(fixture);

            fixture.broker().kill();
            fixture.cluster().loseLogDirs(fixture.broker());
            fixture.restart();
            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void a_broker_that_keeps_its_log_directories_gets_what_they_lack_from_the_bucket() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT)) {
            fixture.createShared(TOPIC, PARTITIONS, Map.of("segment.bytes", Integer.toString(1 << 20)));
            History history = fixture.write(TOPIC, 10_000);
            awaitAllInS3(fixture);
            fixture.broker().kill();
            Segments.cutLast(fixture.broker().partitionFolder(TOPIC, 0), 0);
            formatWal(fixture);
            recover(fixture, "--accept-loss").orThrow();

            fixture.restart();

            assertThat(fixture.broker().output())
                    .contains("rebuilding the log", "Rebuilt " + TOPIC + "-0 ")
                    .doesNotContain("Rebuilt " + TOPIC + "-1 ");
            fixture.assertIntact(TOPIC, history);
            fixture.writeMore(TOPIC, history, 10_000, Load.Options.DEFAULT);
            fixture.assertIntact(TOPIC, history);
        }
    }

    private static void loseAllButTheBucket(BrokerFixture fixture) throws IOException {
        BrokerProcess broker = fixture.broker();
        for (Path directory : broker.config().logDirs()) {
            Folders.delete(directory);
        }
        broker.format(fixture.cluster().cluster().id());
        formatWal(fixture);
    }

    private static void formatWal(BrokerFixture fixture) throws IOException {
        AquiferCluster cluster = fixture.cluster();
        BrokerProcess broker = fixture.broker();
        Aquifer.wal(
                        cluster.kafka(),
                        "format",
                        fixture.device().path().toString(),
                        "--cluster-id",
                        cluster.cluster().id(),
                        "--node-id",
                        Integer.toString(broker.config().nodeId()),
                        "--force")
                .orThrow();
    }

    private static void assertRefusedToStart(BrokerProcess broker) throws IOException {
        broker.start();
        assertThat(broker.awaitExit(LIMIT)).isNotZero();
        assertThat(broker.output()).contains("aquifer wal recover").doesNotContain("Kafka Server started");
    }

    private static Command.Result recover(BrokerFixture fixture, String... more) throws IOException {
        String[] arguments = new String[4 + more.length];
        arguments[0] = "recover";
        arguments[1] = fixture.device().path().toString();
        arguments[2] = "--config";
        arguments[3] = fixture.broker().config().file().toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Aquifer.wal(fixture.cluster().kafka(), EmbeddedS3.environment(), arguments);
    }

    private static void awaitAllInS3(BrokerFixture fixture) {
        try (ObjectStore store = fixture.tier().store()) {
            Await.until("every record in S3", LIMIT, () -> {
                UploadedWal wal = new UploadedWal(
                        store,
                        fixture.cluster().cluster().id(),
                        fixture.broker().config().nodeId());
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    if (wal.end(partition) < fixture.topics().end(TOPIC, partition)) {
                        return false;
                    }
                }
                return true;
            });
        }
    }
}
