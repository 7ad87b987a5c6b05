package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentName;
import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerConfig;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Topics;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** WAL objects go once their records are in segments or gone, and nothing else does, whatever happens to the broker. */
class GarbageCollectionIT {

    private static final String TOPIC = "collected";
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 16_000;
    /** Of two partitions: their last segments, the objects that these begin and end in, and what says how their logs stand. */
    private static final long NEEDED_BYTES = 8 << 20;

    private static final Plan OFTEN = Plan.DEFAULT
            .with("aquifer.wal.upload.bytes", Integer.toString(1 << 20))
            .with("aquifer.wal.upload.interval.ms", "200")
            .with(BrokerFixture.GC_INTERVAL, "200")
            .with("aquifer.gc.min.age.ms", "1000");

    @Test
    void what_was_tiered_leaves_the_wal_and_is_read_after_the_loss_of_the_disk_all_the_same() throws IOException {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = BrokerFixture.startTiered(
                        OFTEN.with("metadata.log.dir", metadata.path().toString()));
                ObjectStore store = fixture.tier().store()) {
            fixture.topics().create(TOPIC, PARTITIONS, 1, Topics.TIERED);
            History history = fixture.write(TOPIC, RECORDS);

            awaitCollected(fixture, store);
            fixture.assertIntact(TOPIC, history);

            loseDisk(fixture);
            fixture.restart();
            fixture.assertIntact(TOPIC, history);
            fixture.writeMore(TOPIC, history, RECORDS, Load.Options.DEFAULT);
            awaitCollected(fixture, store);
            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void what_a_segment_holds_that_kafka_would_keep_open_for_days_leaves_the_wal() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.startTiered(OFTEN.with("aquifer.segment.roll.ms", "1000"));
                ObjectStore store = fixture.tier().store()) {
            Map<String, String> slow = new HashMap<>(Topics.TIERED);
            slow.remove("segment.bytes");
            fixture.topics().create(TOPIC, PARTITIONS, 1, slow);
            History history = fixture.write(TOPIC, RECORDS);
            awaitCollected(fixture, store);
            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void what_is_of_a_topic_that_the_cluster_does_not_have_goes_and_a_topic_that_it_has_stays() throws IOException {
        try (BrokerFixture fixture = BrokerFixture.startTiered(OFTEN);
                ObjectStore store = fixture.tier().store()) {
            fixture.topics().create(TOPIC, PARTITIONS, 1, Topics.TIERED);
            fixture.createShared("deleted", 1);
            History history = fixture.write(TOPIC, RECORDS);
            fixture.write("deleted", RECORDS);
            ClusterKeys keys = keys(fixture);
            // What a leader left behind that died in the middle of a topic's deletion.
            String orphan = keys.segment(new SegmentName(UUID.randomUUID(), 0, 0, 9, 0, UUID.randomUUID()));
            store.putIfAbsent(orphan, ByteBuffer.wrap(new byte[100])).join();
            assertThat(walBytes(fixture, store)).isGreaterThan(RECORDS * 1024L);

            fixture.topics().delete("deleted");

            awaitCollected(fixture, store);
            Await.until(
                    () -> "the deletion of " + orphan + "; the broker said:\n"
                            + fixture.broker().output(),
                    LIMIT,
                    () -> list(store, keys.segments()).stream()
                            .noneMatch(object -> object.key().equals(orphan)));
            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void a_collector_that_is_killed_again_and_again_loses_nothing_and_leaves_nothing() throws IOException {
        long seed = RandomGenerator.getDefault().nextLong();
        System.out.println("GarbageCollectionIT: seed " + seed);
        RandomGenerator random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("aquifer.seed", seed));
        try (BrokerFixture fixture = BrokerFixture.startTiered(OFTEN);
                ObjectStore store = fixture.tier().store()) {
            fixture.topics().create(TOPIC, PARTITIONS, 1, Topics.TIERED);
            History history = new History();
            for (int round = 0; round < 4; round++) {
                Load.Options options = Load.Options.DEFAULT.withRecords(RECORDS).withRecordsPerSecond(4_000);
                long before = fixture.topics().end(TOPIC, 0);
                long until = before + 500 + random.nextInt(RECORDS / PARTITIONS - 1000);
                try (Load load = new Load(fixture.bootstrap(), TOPIC, history, options).start()) {
                    Await.until("record " + until, LIMIT, () -> fixture.topics().end(TOPIC, 0) >= until);
                    fixture.killAndRestart();
                    load.finish(LIMIT);
                    assertThat(load.firstFailure()).isNull();
                }
                fixture.assertIntact(TOPIC, history);
            }

            awaitCollected(fixture, store);
            fixture.assertIntact(TOPIC, history);
        }
    }

    private static void awaitCollected(BrokerFixture fixture, ObjectStore store) {
        Await.until(
                () -> "fewer than " + NEEDED_BYTES + " bytes of WAL objects, of which " + walBytes(fixture, store)
                        + " are left; the broker said:\n" + fixture.broker().output(),
                LIMIT,
                () -> walBytes(fixture, store) < NEEDED_BYTES);
    }

    private static long walBytes(BrokerFixture fixture, ObjectStore store) {
        return list(store, keys(fixture).walObjects()).stream()
                .mapToLong(StoredObject::length)
                .sum();
    }

    private static ClusterKeys keys(BrokerFixture fixture) {
        return ClusterKeys.of("", fixture.cluster().cluster().id());
    }

    private static List<StoredObject> list(ObjectStore store, String prefix) {
        ObjectPage page = store.list(prefix, null, ObjectStore.MAX_PAGE).join();
        assertThat(page.next()).as("more than a page of %s", prefix).isEmpty();
        return page.objects();
    }

    private static void loseDisk(BrokerFixture fixture) throws IOException {
        fixture.broker().kill();
        BrokerConfig config = fixture.broker().config();
        for (Path directory : config.logDirs()) {
            Folders.delete(directory);
        }
        Aquifer.wal(
                        fixture.cluster().kafka(),
                        "restore-directories",
                        fixture.device().path().toString(),
                        "--log-dirs",
                        config.logDirs().stream().map(Path::toString).collect(Collectors.joining(",")))
                .orThrow();
    }
}
