package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Await;
import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Load;
import io.aquifer.harness.TransactionalLoad;
import io.aquifer.harness.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Producers of every kind write while something befalls their broker, and then everybody looks at what is there. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class EveryProducer {

    private static final int IN_FLIGHT = 5;
    private static final String IDEMPOTENT = "idempotent";
    private static final String LEADER_ACKS = "acks-1";
    static final String ALL_ACKS = "acks-all";
    private static final String TRANSACTIONAL = "transactional";
    static final List<String> TOPICS = List.of(IDEMPOTENT, LEADER_ACKS, ALL_ACKS, TRANSACTIONAL);
    static final int PARTITIONS = 3;
    private static final Load.Options MODEST =
            Load.Options.DEFAULT.withRecordsPerSecond(1_000).withValueBytes(400);

    private final History idempotent = new History();
    private final History leaderAcks = new History();
    private final History allAcks = new History();
    private final History transactional = new History();
    private BrokerFixture fixture;
    private Load idempotentLoad;

    final BrokerFixture fixture() {
        return fixture;
    }

    /** Starts the broker, with the topics on it. */
    abstract BrokerFixture start() throws IOException;

    /** What befalls the broker; all producers get on between its steps. */
    abstract void befall(BrokerFixture fixture, Step untilAllGotOn) throws IOException;

    @BeforeAll
    void writeThroughItAll() throws IOException {
        fixture = start();
        Load.Options fiveInFlight = MODEST.withProducers(2)
                .with("enable.idempotence", true)
                .with("max.in.flight.requests.per.connection", IN_FLIGHT)
                .with("batch.size", 2_000);
        Load.Options plain = MODEST.with("enable.idempotence", false).with("max.in.flight.requests.per.connection", 1);
        try (Load first = load(IDEMPOTENT, idempotent, fiveInFlight);
                Load second = load(LEADER_ACKS, leaderAcks, plain.with("acks", "1"));
                Load third = load(ALL_ACKS, allAcks, plain.with("compression.type", "lz4"));
                TransactionalLoad fourth = transactions("one");
                TransactionalLoad fifth = transactions("other")) {
            idempotentLoad = first;
            Step untilAllGotOn = () -> awaitProgress(fourth, fifth);
            untilAllGotOn.run();
            befall(fixture, untilAllGotOn);
            untilAllGotOn.run();
            for (Load load : List.of(first, second, third)) {
                load.stop(LIMIT);
                assertThat(load.firstFailure()).isNull();
            }
            fourth.stop(LIMIT);
            fifth.stop(LIMIT);
        }
    }

    @AfterAll
    void cleanUp() {
        fixture.close();
    }

    @Test
    void idempotent_producers_with_five_batches_in_flight_lose_and_repeat_nothing() {
        Verdict verdict = fixture.check(IDEMPOTENT, idempotent);

        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.acknowledged()).isGreaterThan(2_000);
    }

    @Test
    void acks_1_is_as_good_a_promise_as_acks_all() {
        assertThat(fixture.check(LEADER_ACKS, leaderAcks)).matches(Verdict::nothingWrong);
    }

    @Test
    void acks_all_without_idempotence_loses_nothing() {
        assertThat(fixture.check(ALL_ACKS, allAcks)).matches(Verdict::nothingWrong);
    }

    @Test
    void committed_transactions_are_whole_and_aborted_ones_stay_invisible() {
        Verdict verdict = fixture.check(TRANSACTIONAL, transactional, Isolation.READ_COMMITTED);

        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.acknowledged()).isPositive();
    }

    @Test
    void no_transaction_is_left_open() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(fixture.topics().lastStableOffset(TRANSACTIONAL, partition))
                    .isEqualTo(fixture.topics().end(TRANSACTIONAL, partition));
        }
    }

    private Load load(String topic, History history, Load.Options options) {
        return new Load(fixture.bootstrap(), topic, history, options).start();
    }

    private TransactionalLoad transactions(String id) {
        return new TransactionalLoad(fixture.bootstrap(), TRANSACTIONAL, id, transactional).start();
    }

    /** Waits until every idempotent producer waits for as many answers as it may, which a broker that is paused doesn't give. */
    final void awaitManyInFlight() {
        Await.until("requests in flight", LIMIT, () -> idempotentLoad.requestsInFlight() == IN_FLIGHT);
    }

    /** Waits until everyone has got on since this was called. */
    private void awaitProgress(TransactionalLoad... transactions) {
        Map<History, Long> before = Map.of(
                idempotent, idempotent.acknowledged(),
                leaderAcks, leaderAcks.acknowledged(),
                allAcks, allAcks.acknowledged());
        long[] committed = new long[transactions.length];
        for (int i = 0; i < transactions.length; i++) {
            committed[i] = transactions[i].committed();
        }
        Await.until("progress of all producers", LIMIT, () -> {
            boolean all = before.entrySet().stream()
                    .allMatch(entry -> entry.getKey().acknowledged() > entry.getValue() + 1_000);
            for (int i = 0; i < transactions.length; i++) {
                all &= transactions[i].committed() > committed[i] + 4;
            }
            return all;
        });
    }

    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }
}
