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

    private static final String ONE = "one";
    private static final String OTHER = "other";
    private static final int NODE = 1;

    @Test
    void the_broker_starts_with_the_other_one_and_rebuilds_nothing() throws IOException {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT
                        .withLogDirs(2)
                        .with("metadata.log.dir", metadata.path().toString()))) {
            fixture.createShared(ONE, 1);
            fixture.createShared(OTHER, 1);
            Path failing = Path.of(fixture.topics().logDirOf(NODE, ONE, 0));
            assertThat(fixture.topics().logDirOf(NODE, OTHER, 0)).isNotEqualTo(failing.toString());
            History one = fixture.write(ONE, 2_000);
            History other = fixture.write(OTHER, 2_000);

            fixture.broker().kill();
            Path aside = failing.resolveSibling("aside");
            Files.move(failing, aside);
            Files.createFile(failing);
            fixture.restart();
            fixture.assertIntact(OTHER, other);
            fixture.writeMore(OTHER, other, 2_000, Load.Options.DEFAULT);
            assertThat(fixture.broker().output()).contains("log directories are missing", ONE + "-0");
            List<Path> readable = fixture.broker().config().logDirs().stream()
                    .filter(directory -> !directory.equals(failing))
                    .toList();
            assertThat(readable).noneMatch(directory -> Files.exists(directory.resolve(ONE + "-0")));

            fixture.broker().kill();
            Files.delete(failing);
            Files.move(aside, failing);
            fixture.restart();
            fixture.assertIntact(ONE, one);
            fixture.assertIntact(OTHER, other);
        }
    }
}
