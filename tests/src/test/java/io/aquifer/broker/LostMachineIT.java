package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Payload;
import io.aquifer.harness.Readback;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Producers of every kind write while their broker is killed again and again, and nothing is left of its machine each time but
 * the WAL's device and the bucket. Kafka's internal topics, which no WAL holds yet, are on another broker.
 */
class LostMachineIT extends EveryProducer {

    private static final int TIMES = 4;
    private static final int KEPT = 1;
    private static final int LOST = 2;
    private static final Map<String, String> INTERNAL = Map.of("cleanup.policy", "compact");

    private final OpenTransaction open = new OpenTransaction("kept-open");

    @Override
    BrokerFixture start() throws IOException {
        BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT.withBrokers(2));
        Topics topics = fixture.topics();
        topics.createOn(KEPT, "__consumer_offsets", 4, INTERNAL);
        topics.createOn(KEPT, "__transaction_state", 4, INTERNAL);
        for (String topic : TOPICS) {
            topics.createOn(LOST, topic, PARTITIONS, topic.equals(ALL_ACKS) ? Topics.SHARED : Topics.TIERED);
        }
        topics.createOn(LOST, open.topic(), 1, Topics.TIERED);
        return fixture;
    }

    @Override
    void befall(BrokerFixture fixture, Step untilAllGotOn) throws IOException {
        open.begin(fixture.bootstrap());
        BrokerProcess lost = fixture.cluster().cluster().brokers().get(LOST - 1);
        for (int i = 0; i < TIMES; i++) {
            lost.kill();
            fixture.cluster().loseLogDirs(lost);
            lost.startAndAwait(LIMIT);
            assertThat(lost.output()).contains("Rebuilt " + open.topic() + "-0");
            untilAllGotOn.run();
            open.sendMore();
        }
        open.commit();
    }

    @AfterAll
    void closeTransaction() {
        open.close();
    }

    @Test
    void a_transaction_that_stayed_open_through_it_all_is_committed_whole() {
        List<Payload> read = new ArrayList<>();
        Readback.readAll(
                fixture().bootstrap(),
                open.topic(),
                Isolation.READ_COMMITTED,
                LIMIT,
                (partition, offset, value) -> read.add(Payload.decode(value)));

        assertThat(read).isEqualTo(open.sent());
    }
}
