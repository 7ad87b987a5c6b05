package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A broker that is killed, and finds directories that end before what its WAL holds, gets the rest from its bucket. */
class StaleDirectoryIT {

    private static final String TOPIC = "stale";
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 20_000;

    @Test
    void directories_that_are_replaced_by_old_copies_are_brought_up_to_date() throws IOException {
        try (Scratch copies = Folders.scratch("copies");
                BrokerFixture fixture = start()) {
            History history = fixture.write(TOPIC, RECORDS);
            fixture.broker().stop(LIMIT);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                Folders.copyFiles(folder(fixture, partition), copy(copies, partition));
            }
            fixture.restart();
            fixture.writeMore(TOPIC, history, RECORDS, Load.Options.DEFAULT);
            fixture.broker().stop(LIMIT);
            fixture.restart();
            fixture.writeMore(TOPIC, history, RECORDS, Load.Options.DEFAULT);
            fixture.broker().kill();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                Path folder = folder(fixture, partition);
                Folders.delete(folder);
                Folders.copyFiles(copy(copies, partition), folder);
            }

            assertBroughtUpToDate(fixture, history);
        }
    }

    @Test
    void directories_that_lost_their_newest_segments_get_them_back() throws IOException {
        try (BrokerFixture fixture = start()) {
            History history = fixture.write(TOPIC, RECORDS);
            fixture.broker().stop(LIMIT);
            fixture.restart();
            fixture.broker().kill();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                Segments.deleteAllButFirst(folder(fixture, partition));
            }

            assertBroughtUpToDate(fixture, history);
        }
    }

    private static BrokerFixture start() throws IOException {
        BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT);
        fixture.createShared(TOPIC, PARTITIONS, Map.of("segment.bytes", Integer.toString(1 << 20)));
        return fixture;
    }

    private static Path folder(BrokerFixture fixture, int partition) {
        return fixture.broker().partitionFolder(TOPIC, partition);
    }

    private static Path copy(Scratch copies, int partition) {
        return copies.path().resolve(Integer.toString(partition));
    }

    private static void assertBroughtUpToDate(BrokerFixture fixture, History history) throws IOException {
        fixture.restart();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(fixture.broker().output()).contains("Rebuilt " + TOPIC + "-" + partition + " in ");
        }
        fixture.assertIntact(TOPIC, history);
        fixture.writeMore(TOPIC, history, RECORDS, Load.Options.DEFAULT);
        fixture.killAndRestart();
        fixture.assertIntact(TOPIC, history);
    }
}
