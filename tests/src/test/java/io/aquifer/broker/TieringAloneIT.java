package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerConfig;
import io.aquifer.harness.BrokerProcess.Tuning;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Cluster;
import io.aquifer.harness.Folders;
import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.KafkaDistribution;
import io.aquifer.harness.Load;
import io.aquifer.harness.Readback;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import io.aquifer.harness.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The JAR as a tiered-storage plugin and nothing else: no WAL, and no setting of Aquifer's but the plugins' own. */
class TieringAloneIT {

    private static final String TOPIC = "tiered";

    private final Cleanup cleanup = new Cleanup();

    @AfterEach
    void cleanUp() {
        cleanup.close();
    }

    @Test
    void tiers_and_reads_back_through_a_restart() throws IOException {
        Path folder = cleanup.add(Folders.scratch("tiering-alone")).path();
        KafkaDistribution kafka = KafkaDistribution.withAquifer(folder.resolve("kafka"));
        Map<String, String> tiered = Map.of(
                "remote.log.storage.system.enable", "true",
                "remote.log.metadata.manager.listener.name", "PLAINTEXT");
        Cluster cluster =
                cleanup.add(new Cluster(kafka, List.of(BrokerConfig.single(folder, tiered)), Tuning.QUICK_START));
        Tier tier = cleanup.add(Tier.start(folder.resolve("s3")));
        tier.useIn(cluster);
        cluster.format().start();
        try (Admin admin = cluster.admin()) {
            new Topics(admin).create(TOPIC, 1, 1, Topics.TIERED);
        }
        History history = new History();
        Load.Options options = Load.Options.DEFAULT.withRecords(5_000);
        try (Load load = new Load(cluster.bootstrap(), TOPIC, history, options).start()) {
            load.finish(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }
        Path local = cluster.broker().partitionFolder(TOPIC, 0);
        Await.until(
                "all but the last segment only in S3",
                LIMIT,
                () -> Segments.all(local).size() == 1);

        cluster.broker().kill();
        cluster.broker().startAndAwait(LIMIT);

        assertThat(Segments.firstOffset(local)).isPositive();
        assertThat(tier.segments()).isPositive();
        Verdict verdict = Readback.check(cluster.bootstrap(), TOPIC, history, Isolation.READ_UNCOMMITTED, LIMIT);
        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.acknowledged()).isEqualTo(5_000);
    }
}
