package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Await;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A broker with two log directories, and a partition that moves from one to the other under load. */
class LogDirectoriesIT {

    private static final String TOPIC = "moving";
    private static final int NODE = 1;

    @Test
    void a_partition_moved_under_load_is_durable_where_it_went() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.start(BrokerFixture.NEVER_FLUSHED.withLogDirs(2))) {
            fixture.createShared(TOPIC, 1);
            History history = new History();
            Load.Options options = Load.Options.DEFAULT.withRecordsPerSecond(2_000);
            try (Load load = new Load(fixture.bootstrap(), TOPIC, history, options).start()) {
                Await.until("records", LIMIT, () -> history.acknowledged() > 4_000);
                String target = otherThan(fixture, fixture.topics().logDirOf(NODE, TOPIC, 0));
                fixture.topics().moveToLogDir(NODE, TOPIC, 0, target);
                Await.until(
                        "the move",
                        LIMIT,
                        () -> fixture.topics().logDirOf(NODE, TOPIC, 0).equals(target));
                long moved = history.acknowledged();
                Await.until("records after the move", LIMIT, () -> history.acknowledged() > moved + 4_000);
                long swapped = fixture.sharedFrom(TOPIC, 0);
                fixture.broker().kill();
                Path folder = fixture.broker().partitionFolder(TOPIC, 0);
                assertThat(folder.getParent()).hasToString(target);
                assertThat(swapped).isPositive();
                assertThat(Segments.cutFrom(folder, swapped)).isPositive();
                fixture.restart();
                long restarted = history.acknowledged();
                Await.until("records after the restart", LIMIT, () -> history.acknowledged() > restarted + 2_000);
                load.stop(LIMIT);
                assertThat(load.firstFailure()).isNull();
            }
            fixture.assertIntact(TOPIC, history);
        }
    }

    private static String otherThan(BrokerFixture fixture, String dir) {
        List<Path> dirs = fixture.broker().config().logDirs();
        return dirs.stream()
                .map(Path::toString)
                .filter(candidate -> !candidate.equals(dir))
                .findFirst()
                .orElseThrow();
    }
}
