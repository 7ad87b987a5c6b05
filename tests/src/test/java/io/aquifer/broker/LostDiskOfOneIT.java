package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.BrokerProcess;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Three brokers, each with the only replica of a part of every topic, those of Kafka's coordinators too: each of them in turn
 * is killed under load and loses its log directories, with its copy of the cluster's metadata, and nobody loses anything.
 */
class LostDiskOfOneIT {

    private static final int BROKERS = 3;

    @Test
    void nothing_that_was_committed_goes_back_is_lost_or_hangs() throws Exception {
        try (BrokerFixture fixture = SingleReplicas.start(Plan.DEFAULT.withBrokers(BROKERS));
                EveryClient clients = new EveryClient(fixture)) {
            clients.start();
            clients.awaitProgress();
            SingleReplicas.assertShared(fixture);
            clients.topics().forEach(topic -> assertSpread(fixture, topic));

            for (BrokerProcess broker : fixture.cluster().cluster().brokers()) {
                SingleReplicas.awaitCleaning(fixture);
                broker.kill();
                EveryClient.Promises promises = clients.promises();
                fixture.cluster().loseLogDirs(broker);
                broker.startAndAwait(BrokerFixture.LIMIT);

                clients.assertKept(promises);
                clients.awaitSettled();
                clients.awaitProgress();
            }

            clients.stop();
            clients.assertNothingLost();
        }
    }

    /** Each partition has one replica, and each broker as many of them. */
    private static void assertSpread(BrokerFixture fixture, String topic) {
        List<List<Integer>> replicas = IntStream.range(0, EveryClient.PARTITIONS)
                .mapToObj(partition -> fixture.topics().inSyncReplicas(topic, partition))
                .toList();
        assertThat(replicas).as(topic).containsExactlyInAnyOrder(List.of(1), List.of(2), List.of(3));
    }
}
