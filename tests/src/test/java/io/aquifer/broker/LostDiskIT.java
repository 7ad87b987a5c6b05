package io.aquifer.broker;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that is killed and loses its log directories, though not its WAL and its bucket, has lost nothing. */
class LostDiskIT {

    private static final String TOPIC = "lost";
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 20_000;

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4"})
    void what_was_acknowledged_is_there_again_and_writing_goes_on(String compression) throws IOException {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = start(metadata)) {
            fixture.createShared(TOPIC, PARTITIONS, Map.of("segment.bytes", Integer.toString(1 << 20)));
            Load.Options options = Load.Options.DEFAULT.with("compression.type", compression);
            History history = new History();
            fixture.writeMore(TOPIC, history, RECORDS, options);

            for (int round = 0; round < 2; round++) {
                killAndLoseDisk(fixture);
                fixture.restart();
                fixture.assertIntact(TOPIC, history);
                fixture.writeMore(TOPIC, history, RECORDS, options);
            }

            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void what_was_tiered_before_is_read_with_what_was_not() throws IOException {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = start(metadata)) {
            fixture.topics().create(TOPIC, PARTITIONS, 1, Topics.TIERED);
            History history = fixture.write(TOPIC, RECORDS);

            killAndLoseDisk(fixture);
            fixture.restart();

            fixture.assertIntact(TOPIC, history);
        }
    }

    private static BrokerFixture start(Scratch metadata) throws IOException {
        return BrokerFixture.startTiered(
                Plan.DEFAULT.with("metadata.log.dir", metadata.path().toString()));
    }

    private static void killAndLoseDisk(BrokerFixture fixture) throws IOException {
        fixture.broker().kill();
        fixture.cluster().loseLogDirs(fixture.broker());
    }
}
