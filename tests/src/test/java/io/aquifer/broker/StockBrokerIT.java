package io.aquifer.broker;

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
import io.aquifer.harness.Topics;
import io.aquifer.harness.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same broker without Aquifer: shows that these tests see a loss where there is one. */
class StockBrokerIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Cleanup cleanup = new Cleanup();
    private Cluster cluster;

    @BeforeEach
    void startStockBroker() throws IOException {
        Path folder = cleanup.add(Folders.scratch("stock")).path();
        KafkaDistribution kafka = KafkaDistribution.stock(folder.resolve("kafka"));
        cluster = cleanup.add(new Cluster(kafka, List.of(BrokerConfig.single(folder, Map.of())), Tuning.QUICK_START));
        cluster.format().start();
    }

    @AfterEach
    void cleanUp() {
        cleanup.close();
    }

    @Test
    void loses_what_was_acknowledged_when_the_page_cache_is_lost() throws IOException {
        create("cut", 1);
        History history = new History();
        try (Load load = new Load(cluster.bootstrap(), "cut", history, Load.Options.DEFAULT).start()) {
            Await.until("20,000 acknowledgements", LIMIT, () -> history.acknowledged() > 20_000);
            load.stop(LIMIT);
        }
        cluster.broker().kill();
        Segments.cutLast(cluster.broker().partitionFolder("cut", 0), 0.5);
        cluster.broker().startAndAwait(LIMIT);

        Verdict verdict = Readback.check(cluster.bootstrap(), "cut", history, Isolation.READ_UNCOMMITTED, LIMIT);

        assertThat(verdict.lost()).isPositive();
        assertThat(verdict.nothingWrong()).isFalse();
    }

    /** Without transactions: stock 4.3.1 forgets markers at such a restart (KAFKA-20734). */
    @Test
    void keeps_everything_through_a_kill_while_the_page_cache_lives() throws IOException {
        create("plain", 3);
        History history = new History();
        try (Load load = new Load(
                        cluster.bootstrap(), "plain", history, Load.Options.DEFAULT.withRecordsPerSecond(5_000))
                .start()) {
            Await.until("5,000 acknowledgements", LIMIT, () -> history.acknowledged() > 5_000);
            cluster.broker().kill();
            long before = history.acknowledged();
            cluster.broker().startAndAwait(LIMIT);
            Await.until("progress after the restart", LIMIT, () -> history.acknowledged() > before + 5_000);
            load.stop(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }

        Verdict kept = Readback.check(cluster.bootstrap(), "plain", history, Isolation.READ_UNCOMMITTED, LIMIT);

        assertThat(kept.examples()).isEmpty();
        assertThat(kept.acknowledged()).isGreaterThan(10_000);
    }

    private void create(String topic, int partitions) {
        try (Admin admin = cluster.admin()) {
            new Topics(admin).create(topic, partitions, 1, Map.of());
        }
    }
}
