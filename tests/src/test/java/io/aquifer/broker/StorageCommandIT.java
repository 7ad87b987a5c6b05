package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.WalObjectName;
import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Command;
import io.aquifer.harness.Topics;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What `aquifer storage` says of the bucket of a real broker. */
class StorageCommandIT {

    private static final Plan SMALL_OBJECTS = Plan.DEFAULT.with("aquifer.wal.upload.bytes", Integer.toString(1 << 20));

    @Test
    void it_shows_what_is_there_and_names_what_is_missing() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.startTiered(SMALL_OBJECTS);
                ObjectStore store = fixture.tier().store()) {
            fixture.topics().create("stored", 2, 1, Topics.TIERED);
            fixture.write("stored", 12_000);
            fixture.broker().stop(BrokerFixture.LIMIT);

            assertThat(storage(fixture, "verify").orThrow().output())
                    .contains("Result: all that is promised is there")
                    .contains("Partitions: 2");
            assertThat(storage(fixture, "verify", "--json").orThrow().output())
                    .contains("\"whole\":true")
                    .contains("\"gaps\":[]");
            List<StoredObject> wal = wal(fixture, store);
            assertThat(storage(fixture, "ls", "--kind", "wal").orThrow().output())
                    .contains(wal.stream().map(StoredObject::key).toList())
                    .doesNotContain("/segment/");
            assertThat(storage(fixture, "du", "--json").orThrow().output())
                    .contains("\"WAL\":{\"objects\":" + wal.size() + ",\"bytes\":"
                            + wal.stream().mapToLong(StoredObject::length).sum() + "}")
                    .contains("\"SEGMENT\":");

            String missing = keys(fixture)
                    .walObject(new WalObjectName(fixture.broker().config().nodeId(), epoch(fixture, wal), 3));
            store.delete(List.of(missing)).join();

            Command.Result damaged = storage(fixture, "verify");
            assertThat(damaged.exitStatus()).isEqualTo(1);
            assertThat(damaged.output())
                    .contains("NOT WHOLE")
                    .contains(missing.substring(0, missing.length() - 1) + "4': lies behind a gap")
                    .contains("something is missing or can't be read");
        }
    }

    private static Command.Result storage(BrokerFixture fixture, String... arguments) throws IOException {
        return Aquifer.storage(fixture.cluster().kafka(), fixture.broker().config(), arguments);
    }

    private static ClusterKeys keys(BrokerFixture fixture) {
        return ClusterKeys.of("", fixture.cluster().cluster().id());
    }

    private static List<StoredObject> wal(BrokerFixture fixture, ObjectStore store) {
        return store.list(keys(fixture).walObjects(), null, ObjectStore.MAX_PAGE)
                .join()
                .objects();
    }

    private static long epoch(BrokerFixture fixture, List<StoredObject> wal) {
        return keys(fixture).walObjectOf(wal.get(0).key()).orElseThrow().epoch();
    }
}
