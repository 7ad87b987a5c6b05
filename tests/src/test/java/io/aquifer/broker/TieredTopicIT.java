package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** A shared topic whose rolled segments go to S3, on a broker that is killed in between. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class TieredTopicIT {

    private static final String TOPIC = "tiered";
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 12_000;

    private final History history = new History();
    private BrokerFixture fixture;

    @BeforeAll
    void start() throws IOException {
        fixture = BrokerFixture.startTiered(Plan.DEFAULT);
        fixture.topics().create(TOPIC, PARTITIONS, 1, Topics.TIERED);
        writeAndAwaitCopies();
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
    void goes_on_after_a_kill_where_it_was() throws IOException {
        fixture.killAndRestart();
        fixture.assertIntact(TOPIC, history);

        writeAndAwaitCopies();
        fixture.assertIntact(TOPIC, history);
    }

    @Test
    @Order(3)
    void records_deleted_from_the_front_are_deleted_in_s3_too() throws IOException {
        int before = fixture.tier().segments();
        long end = firstLocalOffset(0);

        fixture.topics().deleteRecordsBelow(TOPIC, 0, end);

        Await.until("fewer objects", LIMIT, () -> fixture.tier().segments() < before);
        assertThat(fixture.topics().logStart(TOPIC, 0)).isEqualTo(end);
        assertThat(fixture.tier().segments()).isPositive();
    }

    @Test
    @Order(4)
    void nothing_of_a_deleted_topic_stays_in_s3() {
        fixture.topics().delete(TOPIC);

        Await.until(
                () -> "an empty bucket; the broker said:\n" + fixture.broker().output(),
                LIMIT,
                () -> fixture.tier().segments() == 0);
    }

    /** Returns when all but the last segment of each partition are gone from the local disk. */
    private void writeAndAwaitCopies() throws IOException {
        int before = fixture.tier().segments();
        fixture.writeMore(TOPIC, history, RECORDS, Load.Options.DEFAULT.withRecordsPerSecond(4_000));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Path folder = fixture.broker().partitionFolder(TOPIC, partition);
            Await.until(
                    () -> "copies of all but the last segment in " + folder + "; the broker said:\n"
                            + fixture.broker().output(),
                    LIMIT,
                    () -> Segments.all(folder).size() == 1);
            assertThat(firstLocalOffset(partition)).isPositive();
        }
        assertThat(fixture.tier().segments()).isGreaterThan(before);
    }

    private long firstLocalOffset(int partition) throws IOException {
        return Segments.firstOffset(fixture.broker().partitionFolder(TOPIC, partition));
    }
}
