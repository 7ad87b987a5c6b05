package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Command;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Topics;
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
    private static final String TOPIC = "shared";

    private static Plan plan(Path devices) {
        return Plan.DEFAULT
                .withBrokers(BROKERS)
                .with("aquifer.fence", "time")
                .with("aquifer.lease.ms", "6000")
                .with("aquifer.takeover.auto", "true")
                .with("aquifer.takeover.delay.ms", "0")
                .with("aquifer.takeover.wal.path", devices.resolve("{node}").toString());
    }

    @Test
    void a_dead_brokers_partitions_go_on_with_others_and_it_comes_back_empty() throws Exception {
        try (Scratch devices = Folders.scratch("devices");
                BrokerFixture fixture = SingleReplicas.start(plan(devices.path()));
                EveryClient clients = new EveryClient(fixture)) {
            fixture.cluster().linkDevices(devices.path());
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

    @Test
    void a_paused_broker_acknowledges_nothing_any_more_and_an_owner_that_dies_meanwhile_goes_on() throws Exception {
        History history = new History();
        try (Scratch devices = Folders.scratch("devices");
                BrokerFixture fixture = BrokerFixture.startTiered(plan(devices.path()));
                Load load = new Load(
                        fixture.bootstrap(), TOPIC, history, Load.Options.DEFAULT.withRecordsPerSecond(1_000))) {
            fixture.cluster().linkDevices(devices.path());
            fixture.topics().create(TOPIC, EveryClient.PARTITIONS, 1, Topics.TIERED);
            load.start();
            awaitMore(history);
            List<BrokerProcess> brokers = fixture.cluster().cluster().brokers();
            BrokerProcess paused = brokers.get(BROKERS - 1);

            paused.pause();
            awaitTakenOver(fixture, List.of(TOPIC), paused);
            paused.resume();
            paused.awaitExit(LIMIT);
            awaitMore(history);
            paused.startAndAwait(LIMIT);

            BrokerProcess dead = brokers.get(BROKERS - 2);
            dead.kill();
            Await.until(
                    "a plan",
                    LIMIT,
                    () -> brokers.get(0)
                            .output()
                            .contains("Planned the takeover of broker "
                                    + dead.config().nodeId()));
            paused.kill();
            paused.start();
            awaitTakenOver(fixture, List.of(TOPIC), dead);
            awaitMore(history);
            dead.startAndAwait(LIMIT);

            load.stop(LIMIT);
            assertThat(load.firstFailure()).isNull();
            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void an_operator_who_has_the_device_lets_the_others_take_a_stopped_broker_over() throws Exception {
        History history = new History();
        try (BrokerFixture fixture = BrokerFixture.startTiered(
                        Plan.DEFAULT.withBrokers(BROKERS).with("aquifer.wal.upload.interval.ms", "3600000"));
                Load load = new Load(
                        fixture.bootstrap(), TOPIC, history, Load.Options.DEFAULT.withRecordsPerSecond(1_000))) {
            fixture.topics().create(TOPIC, EveryClient.PARTITIONS, 1, Topics.TIERED);
            load.start();
            awaitMore(history);
            List<BrokerProcess> brokers = fixture.cluster().cluster().brokers();
            BrokerProcess dead = brokers.get(BROKERS - 1);
            String node = Integer.toString(dead.config().nodeId());
            dead.kill();

            Command.Result refused =
                    Aquifer.broker(fixture.cluster().kafka(), dead.config(), "takeover", node, "--accept-loss");
            assertThat(refused.exitStatus()).isOne();
            assertThat(refused.output()).contains("Give those of a broker that goes on");
            Command.Result taken = Aquifer.broker(
                    fixture.cluster().kafka(),
                    fixture.broker().config(),
                    "takeover",
                    node,
                    "--device",
                    fixture.cluster().device(dead).path().toString());

            assertThat(taken.orThrow().output()).contains("All partitions of broker 3 are with other brokers");
            assertThat(isTakenOver(fixture, TOPIC, dead.config().nodeId())).isTrue();
            awaitMore(history);
            load.stop(LIMIT);
            assertThat(load.firstFailure()).isNull();
            fixture.assertIntact(TOPIC, history);
            assertThat(Aquifer.storage(
                                    fixture.cluster().kafka(), fixture.broker().config(), "verify")
                            .orThrow()
                            .output())
                    .contains("Result: all that is promised is there");
        }
    }

    private static void awaitMore(History history) {
        long before = history.acknowledged();
        Await.until("more that is acknowledged", LIMIT, () -> history.acknowledged() > before + 1_000);
    }

    private static void awaitTakenOver(BrokerFixture fixture, List<String> topics, BrokerProcess dead) {
        int node = dead.config().nodeId();
        Await.until(
                () -> "leaders other than node " + node + ", the brokers:" + fixture.whatBrokersDo(),
                LIMIT,
                () -> topics.stream().allMatch(topic -> isTakenOver(fixture, topic, node)));
    }

    private static boolean isTakenOver(BrokerFixture fixture, String topic, int node) {
        return fixture.topics().leaders(topic).stream().noneMatch(leader -> leader < 0 || leader == node);
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
