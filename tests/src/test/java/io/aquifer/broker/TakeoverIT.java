package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Three brokers, each with the only replica of a part of every topic, those of Kafka's coordinators too: one is killed under the
 * load of every kind of client, and the others take its write-ahead log and its partitions over.
 */
class TakeoverIT {

    private static final int BROKERS = 3;

    private static Plan plan(Path devices) {
        return Plan.DEFAULT
                .withBrokers(BROKERS)
                .with("aquifer.fence", "time")
                .with("aquifer.lease.ms", "6000")
                .with("aquifer.takeover.auto", "true")
                .with("aquifer.takeover.delay.ms", "0")
                .with("aquifer.takeover.wal.path", devices.resolve("{node}").toString());
    }

    /** As on shared storage, each device has a name that is made from the node id. */
    private static void link(BrokerFixture fixture, Path devices) throws IOException {
        for (BrokerProcess broker : fixture.cluster().cluster().brokers()) {
            Files.createSymbolicLink(
                    devices.resolve(Integer.toString(broker.config().nodeId())),
                    fixture.cluster().device(broker).path());
        }
    }

    @Test
    void a_dead_brokers_partitions_go_on_with_others_and_it_comes_back_empty() throws Exception {
        try (Scratch devices = Folders.scratch("devices");
                BrokerFixture fixture = SingleReplicas.start(plan(devices.path()));
                EveryClient clients = new EveryClient(fixture)) {
            link(fixture, devices.path());
            clients.start();
            clients.awaitProgress();
            List<BrokerProcess> brokers = fixture.cluster().cluster().brokers();
            BrokerProcess dead = brokers.get(BROKERS - 1);

            dead.kill();
            EveryClient.Promises promises = clients.promises();
            awaitTakenOver(fixture, clients.topics(), dead);

            clients.assertKept(promises);
            clients.awaitSettled();
            clients.awaitProgress();

            dead.startAndAwait(LIMIT);
            assertThat(dead.output()).contains("was taken over: its partitions are with other brokers");
            clients.awaitProgress();
            awaitNone(dead, clients.topics());

            clients.stop();
            clients.assertNothingLost();
        }
    }

    private static void awaitTakenOver(BrokerFixture fixture, List<String> topics, BrokerProcess dead) {
        int node = dead.config().nodeId();
        Await.until(
                () -> "leaders other than node " + node + ", the brokers:" + fixture.whatBrokersDo(),
                LIMIT,
                () -> topics.stream().allMatch(topic -> isTakenOver(fixture, topic, node)));
    }

    private static boolean isTakenOver(BrokerFixture fixture, String topic, int node) {
        for (int partition = 0; partition < EveryClient.PARTITIONS; partition++) {
            int leader = fixture.topics().leader(topic, partition);
            if (leader < 0 || leader == node) {
                return false;
            }
        }
        return true;
    }

    /** Returns when a node has no directory of any of the topics any more. */
    private static void awaitNone(BrokerProcess broker, List<String> topics) {
        Await.until("removal of what " + broker + " had", LIMIT, () -> {
            for (String topic : topics) {
                for (int partition = 0; partition < EveryClient.PARTITIONS; partition++) {
                    Path folder = broker.config().logDirs().get(0).resolve(topic + "-" + partition);
                    if (Files.exists(folder)) {
                        return false;
                    }
                }
            }
            return true;
        });
    }
}
