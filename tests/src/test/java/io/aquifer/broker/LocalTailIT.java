package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;

/** The local file holds records that the WAL doesn't: as after a kill between the page cache's write and the device's. */
class LocalTailIT {

    private static final String TOPIC = "tail";
    private static final int RECORDS = 2_000;
    private static final Load.Options OPTIONS = Load.Options.DEFAULT;

    @Test
    void comes_back_only_once_it_is_in_the_wal() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.start(BrokerFixture.NEVER_FLUSHED.withWalOnFile(256L << 20))) {
            fixture.createShared(TOPIC, 1);
            History history = new History();
            fixture.writeMore(TOPIC, history, RECORDS, OPTIONS);
            fixture.broker().kill();
            Path wal = fixture.device().path();
            Path earlier = wal.resolveSibling("wal-earlier");
            Files.copy(wal, earlier);
            fixture.restart();
            fixture.writeMore(TOPIC, history, RECORDS, OPTIONS);
            fixture.broker().kill();
            Files.copy(earlier, wal, StandardCopyOption.REPLACE_EXISTING);

            fixture.restart();
            fixture.assertIntact(TOPIC, history);

            fixture.broker().kill();
            assertThat(Segments.cutLast(fixture.broker().partitionFolder(TOPIC, 0), 0.2))
                    .isPositive();
            fixture.restart();
            fixture.assertIntact(TOPIC, history);
        }
    }
}
