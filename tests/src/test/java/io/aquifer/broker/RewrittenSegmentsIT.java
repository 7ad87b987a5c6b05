package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.History;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** After a lost disk, what is read from WAL objects at first is read from plain segments soon. */
class RewrittenSegmentsIT {

    private static final String TOPIC = "rewritten";

    @Test
    void composite_segments_vanish_and_reads_stay_the_same() throws IOException {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT
                        .with("metadata.log.dir", metadata.path().toString())
                        .with("aquifer.rewrite.interval.ms", "1000"))) {
            fixture.createShared(TOPIC, 2, Map.of("segment.bytes", Integer.toString(1 << 20)));
            History history = fixture.write(TOPIC, 20_000);
            fixture.broker().kill();
            fixture.cluster().loseLogDirs(fixture.broker());

            fixture.restart();
            fixture.assertIntact(TOPIC, history);
            long made = Pattern.compile("(\\d+) composite segments below")
                    .matcher(fixture.broker().output())
                    .results()
                    .map(MatchResult::group)
                    .mapToLong(found -> Long.parseLong(found.substring(0, found.indexOf(' '))))
                    .sum();
            assertThat(made).isPositive();
            Await.until("plain segments in place of " + made, LIMIT, () -> rewritten(fixture) == made);

            List<String> keys = fixture.tier().keys();
            assertThat(keys).noneMatch(key -> key.endsWith("-composite"));
            assertThat(fixture.tier().segments()).isGreaterThanOrEqualTo((int) made);
            fixture.assertIntact(TOPIC, history);
        }
    }

    private static long rewritten(BrokerFixture fixture) {
        return Pattern.compile("-composite' in .*: rewritten as a plain one")
                .matcher(fixture.broker().output())
                .results()
                .count();
    }
}
