package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Await;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Segments;
import io.aquifer.harness.Topics;
import io.aquifer.harness.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What happens to topics while a broker runs, and what is left of it after a kill that takes the page cache with it.
 *
 * <p>One broker serves all: everything happens first, then one kill, then each test looks at its own topic.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class SharedTopicIT {

    private static final List<String> CODECS = List.of("gzip", "snappy", "lz4", "zstd");
    private static final Load.Options DEFAULT = Load.Options.DEFAULT.withRecordsPerSecond(4_000);
    private static final int RECORDS = 2_000;

    private final History becoming = new History();
    private final History ceasing = new History();
    private final History toAndFro = new History();
    private final History recreated = new History();
    private final History shortened = new History();
    private final History retained = new History();
    private final History compressed = new History();
    private final History stock = new History();
    private BrokerFixture fixture;
    private long retainedFrom;

    @BeforeAll
    void liveThroughItAll() throws IOException {
        fixture = BrokerFixture.start(BrokerFixture.NEVER_FLUSHED
                .with("log.retention.check.interval.ms", "300")
                .with("log.segment.delete.delay.ms", "100"));
        becomeShared();
        ceaseToBeShared();
        goToAndFro();
        recreate();
        deleteRecords();
        retain();
        compress();
        fixture.topics().create("stock", 1, 1, Map.of());
        fixture.writeMore("stock", stock, RECORDS, DEFAULT);
        long sharedFrom = fixture.sharedFrom("becoming", 0);
        fixture.broker().kill();
        assertThat(Segments.cutFrom(folder("becoming"), sharedFrom)).isPositive();
        for (String topic : List.of("recreated", "shortened", "compressed")) {
            assertThat(Segments.cutLast(folder(topic), 0.5)).isPositive();
        }
        fixture.restart();
    }

    @AfterAll
    void cleanUp() {
        fixture.close();
    }

    private Path folder(String topic) {
        return fixture.broker().partitionFolder(topic, 0);
    }

    private void becomeShared() {
        fixture.topics().create("becoming", 1, 1, Map.of());
        whileWriting("becoming", becoming, () -> {
            fixture.topics().configure("becoming", Topics.SHARED);
            Await.until("the broker shares it", LIMIT, () -> fixture.sharedFrom("becoming", 0) > 0);
        });
    }

    private void ceaseToBeShared() {
        fixture.createShared("ceasing", 1);
        whileWriting("ceasing", ceasing, () -> fixture.topics().configure("ceasing", Topics.UNSHARED));
    }

    private void goToAndFro() {
        fixture.createShared("to-and-fro", 2);
        whileWriting("to-and-fro", toAndFro, () -> {
            for (int i = 0; i < 3; i++) {
                fixture.topics().configure("to-and-fro", Topics.UNSHARED);
                fixture.topics().configure("to-and-fro", Topics.SHARED);
            }
        });
    }

    private void recreate() {
        fixture.createShared("recreated", 1);
        fixture.write("recreated", RECORDS);
        fixture.topics().delete("recreated");
        fixture.createShared("recreated", 1);
        fixture.writeMore("recreated", recreated, RECORDS, DEFAULT);
    }

    private void deleteRecords() {
        fixture.createShared("shortened", 1);
        fixture.writeMore("shortened", shortened, RECORDS, DEFAULT);
        assertThat(fixture.topics().deleteRecordsBelow("shortened", 0, 500)).isEqualTo(500);
    }

    private void retain() {
        fixture.createShared(
                "retained", 1, Map.of("segment.bytes", Integer.toString(1 << 20), "retention.bytes", "1500000"));
        fixture.writeMore("retained", retained, 5_000, DEFAULT);
        Await.until("retention", LIMIT, () -> fixture.topics().logStart("retained", 0) > 1_000);
        retainedFrom = fixture.topics().logStart("retained", 0);
    }

    private void compress() {
        fixture.createShared("compressed", 1);
        for (String codec : CODECS) {
            fixture.writeMore("compressed", compressed, RECORDS, DEFAULT.with("compression.type", codec));
        }
    }

    @Test
    @Order(1)
    void a_topic_that_became_shared_under_load_loses_nothing() {
        fixture.assertIntact("becoming", becoming);
    }

    @Test
    @Order(2)
    void a_topic_that_ceased_to_be_shared_under_load_loses_nothing() {
        fixture.assertIntact("ceasing", ceasing);
    }

    @Test
    @Order(3)
    void a_topic_may_become_and_cease_to_be_shared_again_and_again() {
        fixture.assertIntact("to-and-fro", toAndFro);
    }

    @Test
    @Order(4)
    void a_topic_created_again_under_its_name_holds_nothing_of_the_one_before() {
        fixture.assertIntact("recreated", recreated);
    }

    @Test
    @Order(5)
    void deleted_records_do_not_come_back() {
        assertThat(fixture.topics().logStart("shortened", 0)).isEqualTo(500);

        Verdict verdict = fixture.checkFrom("shortened", shortened, Map.of(0, 500L));

        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.read()).isEqualTo(shortened.acknowledged() - 500);
    }

    @Test
    @Order(6)
    void what_retention_removed_does_not_come_back() {
        long logStart = fixture.topics().logStart("retained", 0);
        assertThat(logStart).isGreaterThanOrEqualTo(retainedFrom);

        assertThat(fixture.checkFrom("retained", retained, Map.of(0, logStart)).examples())
                .isEmpty();
    }

    @Test
    @Order(7)
    void batches_of_every_codec_are_restored_as_they_were() {
        fixture.assertIntact("compressed", compressed);
    }

    @Test
    @Order(8)
    void an_unshared_topic_beside_them_is_as_it_was() {
        fixture.assertIntact("stock", stock);
    }

    @Test
    @Order(9)
    void a_topic_deleted_while_the_broker_is_up_stays_deleted_after_a_kill() throws IOException {
        fixture.createShared("gone", 1);
        fixture.write("gone", RECORDS);
        fixture.topics().delete("gone");

        fixture.killAndRestart();

        fixture.createShared("gone", 1);
        History history = fixture.write("gone", 100);
        fixture.assertIntact("gone", history);
    }

    /** Makes the change once writing is well under way, and ends it well after. */
    private void whileWriting(String topic, History history, Runnable change) {
        try (Load load = new Load(fixture.bootstrap(), topic, history, DEFAULT).start()) {
            awaitMore(history);
            change.run();
            awaitMore(history);
            load.stop(LIMIT);
            assertThat(load.firstFailure()).isNull();
        }
    }

    private static void awaitMore(History history) {
        long before = history.acknowledged();
        Await.until("more acknowledgements", LIMIT, () -> history.acknowledged() > before + RECORDS);
    }
}
