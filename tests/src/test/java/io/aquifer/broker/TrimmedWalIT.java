package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.Checkpoint;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A WAL much smaller than what goes through it. */
class TrimmedWalIT {

    private static final String TOPIC = "much";
    private static final int PARTITIONS = 2;
    private static final int LOOKS = 25;

    @Test
    void loses_nothing_beyond_the_last_flush_when_the_page_cache_is_lost() throws IOException {
        Plan plan = Plan.DEFAULT
                .withWal(48L << 20)
                .with("aquifer.wal.memory.bytes", Integer.toString(8 << 20))
                .with("aquifer.wal.block.bytes", Integer.toString(256 << 10))
                .with("aquifer.wal.trim.interval.ms", "100")
                .with("log.flush.offset.checkpoint.interval.ms", "100");
        try (BrokerFixture fixture = BrokerFixture.start(plan)) {
            fixture.createShared(TOPIC, PARTITIONS);
            History history = new History();
            fixture.writeMore(TOPIC, history, 150_000, Load.Options.DEFAULT);
            Checkpoint flushed = awaitQuiet(fixture);
            while (isAllFlushed(fixture, flushed)) {
                // Far too little for another trim right after one.
                fixture.writeMore(TOPIC, history, 100, Load.Options.DEFAULT);
                flushed = awaitQuiet(fixture);
            }
            fixture.broker().kill();

            long cut = 0;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                cut += Segments.cutFrom(
                        fixture.broker().partitionFolder(TOPIC, partition), flushed.offset(TOPIC, partition));
            }
            assertThat(cut)
                    .as("bytes that were only in the page cache and the WAL")
                    .isPositive();
            fixture.restart();

            fixture.assertIntact(TOPIC, history);
            assertThat(fixture.broker().output()).contains("Opened the WAL");
        }
    }

    @Test
    void takes_a_clean_shutdown_for_one() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.start(Plan.DEFAULT)) {
            fixture.createShared(TOPIC, PARTITIONS, Map.of());
            History history = fixture.write(TOPIC, 5_000);
            fixture.broker().stop(LIMIT);
            fixture.restart();
            assertThat(fixture.broker().output())
                    .doesNotContain("Recovering unflushed segment 0. 0 recovered for " + TOPIC);

            fixture.writeMore(TOPIC, history, 5_000, Load.Options.DEFAULT);
            fixture.killAndRestart();

            fixture.assertIntact(TOPIC, history);
        }
    }

    private static boolean isAllFlushed(BrokerFixture fixture, Checkpoint flushed) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (fixture.topics().end(TOPIC, partition) > flushed.offset(TOPIC, partition)) {
                return false;
            }
        }
        return true;
    }

    /** Waits until Kafka has written down how far it has flushed and doesn't change it any more. */
    private static Checkpoint awaitQuiet(BrokerFixture fixture) {
        Deque<Checkpoint> seen = new ArrayDeque<>();
        Await.until("a steady recovery point", LIMIT, () -> {
            Checkpoint now = Checkpoint.recoveryPoints(
                    fixture.broker().config().logDirs().get(0));
            if (!seen.isEmpty() && !seen.getLast().equals(now)) {
                seen.clear();
            }
            seen.add(now);
            return seen.size() > LOOKS && now.offset(TOPIC, 0) > 0;
        });
        return seen.getLast();
    }
}
