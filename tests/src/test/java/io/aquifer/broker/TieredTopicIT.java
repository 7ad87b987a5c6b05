package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.Folders;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** Shared topics whose rolled segments go to S3, on a broker that is killed in between and loses part of its disk. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class TieredTopicIT {

    private static final String TOPIC = "tiered";
    private static final String KEPT = "kept";
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 12_000;

    private final History history = new History();
    private BrokerFixture fixture;

    @BeforeAll
    void start() throws IOException {
        fixture = BrokerFixture.startTiered(Plan.DEFAULT);
        fixture.topics().create(TOPIC, PARTITIONS, 1, Topics.TIERED);
        writeAndAwaitCopies(history);
    }

    @AfterAll
    void cleanUp() {
        fixture.close();
    }

    @Test
    @Order(1)
    void what_is_only_in_s3_is_read_from_there() {
        fixture.assertIntact(TOPIC, history);
    }

    @Test
    @Order(2)
    void a_kill_in_the_middle_of_tiering_loses_nothing_and_copies_nothing_twice() throws IOException {
        int before = fixture.tier().segments();
        Load.Options options = Load.Options.DEFAULT.withRecords(2 * RECORDS).withRecordsPerSecond(4_000);
        try (Load load = new Load(fixture.bootstrap(), TOPIC, history, options).start()) {
            Await.until(
                    "copies while more is written", LIMIT, () -> fixture.tier().segments() > before + 1);
            fixture.killAndRestart();
            load.finish(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }
        awaitCopies();

        assertThat(fixture.tier().segmentPlaces()).doesNotHaveDuplicates();
        fixture.assertIntact(TOPIC, history);
    }

    @Test
    @Order(3)
    void a_disk_that_lost_all_that_is_in_s3_is_not_missed() throws IOException {
        Map<String, String> config = new HashMap<>(Topics.TIERED);
        config.remove("local.retention.bytes");
        fixture.topics().create(KEPT, 1, 1, config);
        int before = fixture.tier().segments();
        History kept = fixture.write(KEPT, RECORDS / 2);
        Path folder = fixture.broker().partitionFolder(KEPT, 0);
        int rolled = Segments.all(folder).size() - 1;
        Await.until("copies", LIMIT, () -> fixture.tier().segments() == before + rolled);

        fixture.broker().kill();
        Segments.deleteAllButLast(folder);
        Folders.delete(folder.resolveSibling("remote-log-index-cache"));
        fixture.restart();

        assertThat(Segments.firstOffset(folder)).isPositive();
        fixture.assertIntact(KEPT, kept);
    }

    @Test
    @Order(4)
    void records_deleted_from_the_front_are_deleted_in_s3_too() throws IOException {
        int before = fixture.tier().segments();
        long end = firstLocalOffset(0);

        fixture.topics().deleteRecordsBelow(TOPIC, 0, end);

        Await.until("fewer objects", LIMIT, () -> fixture.tier().segments() < before);
        assertThat(fixture.topics().logStart(TOPIC, 0)).isEqualTo(end);
        assertThat(fixture.tier().segments()).isPositive();
    }

    @Test
    @Order(5)
    void a_topic_created_again_under_its_old_name_begins_anew() throws IOException {
        fixture.topics().delete(TOPIC);
        fixture.topics().create(TOPIC, PARTITIONS, 1, Topics.TIERED);
        History anew = new History();

        writeAndAwaitCopies(anew);

        fixture.assertIntact(TOPIC, anew);
    }

    @Test
    @Order(6)
    void nothing_of_deleted_topics_stays_in_s3() {
        fixture.topics().delete(TOPIC);
        fixture.topics().delete(KEPT);

        Await.until(
                () -> "an empty bucket; the broker said:\n" + fixture.broker().output(),
                LIMIT,
                () -> fixture.tier().keys().isEmpty());
    }

    private void writeAndAwaitCopies(History written) throws IOException {
        fixture.writeMore(TOPIC, written, RECORDS, Load.Options.DEFAULT.withRecordsPerSecond(4_000));
        awaitCopies();
    }

    /** Returns when all but the last segment of each partition are gone from the local disk. */
    private void awaitCopies() throws IOException {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Path folder = fixture.broker().partitionFolder(TOPIC, partition);
            Await.until(
                    () -> "copies of all but the last segment in " + folder + "; the broker said:\n"
                            + fixture.broker().output(),
                    LIMIT,
                    () -> Segments.all(folder).size() == 1);
            assertThat(firstLocalOffset(partition)).isPositive();
        }
        assertThat(fixture.tier().segments()).isPositive();
    }

    private long firstLocalOffset(int partition) throws IOException {
        return Segments.firstOffset(fixture.broker().partitionFolder(TOPIC, partition));
    }
}
