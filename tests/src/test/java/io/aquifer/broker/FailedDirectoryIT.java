package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A broker with two log directories, one of which can't be read for a while. */
class FailedDirectoryIT {

    private static final int NODE = 1;

    @Test
    void the_broker_starts_with_the_other_one_and_rebuilds_nothing() throws IOException {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT
                        .withLogDirs(2)
                        .with("metadata.log.dir", metadata.path().toString()))) {
            fixture.createShared("one", 1);
            fixture.createShared("other", 1);
            Path failing = fixture.broker().config().logDirs().get(1);
            boolean first = fixture.topics().logDirOf(NODE, "one", 0).equals(failing.toString());
            String lost = first ? "one" : "other";
            String kept = first ? "other" : "one";
            assertThat(fixture.topics().logDirOf(NODE, lost, 0)).isEqualTo(failing.toString());
            assertThat(fixture.topics().logDirOf(NODE, kept, 0)).isNotEqualTo(failing.toString());
            History lostHistory = fixture.write(lost, 2_000);
            History keptHistory = fixture.write(kept, 2_000);

            fixture.broker().kill();
            Path aside = failing.resolveSibling("aside");
            Files.move(failing, aside);
            Files.createFile(failing);
            fixture.restart();
            fixture.assertIntact(kept, keptHistory);
            fixture.writeMore(kept, keptHistory, 2_000, Load.Options.DEFAULT);
            assertThat(fixture.broker().output()).contains("log directories are missing", lost + "-0");
            List<Path> readable = fixture.broker().config().logDirs().stream()
                    .filter(directory -> !directory.equals(failing))
                    .toList();
            assertThat(readable).noneMatch(directory -> Files.exists(directory.resolve(lost + "-0")));

            fixture.broker().kill();
            Files.delete(failing);
            Files.move(aside, failing);
            fixture.restart();
            fixture.assertIntact(lost, lostHistory);
            fixture.assertIntact(kept, keptHistory);
        }
    }
}
