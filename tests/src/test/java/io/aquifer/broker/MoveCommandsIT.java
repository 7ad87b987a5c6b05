package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aquifer.harness.Aquifer;
import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Await;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Command;
import io.aquifer.harness.History;
import io.aquifer.harness.Load;
import io.aquifer.harness.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

/**
 * Three brokers whose partitions, those of a consumer group's offsets too, are moved, spread and drained by command under the load
 * of a producer and a group.
 */
class MoveCommandsIT {

    private static final String TOPIC = "moved";
    private static final int PARTITIONS = 6;
    private static final Plan PLAN = Plan.DEFAULT
            .withBrokers(3)
            .with("offsets.topic.replication.factor", "1")
            .with("offsets.topic.num.partitions", "2");

    @Test
    void partitions_go_where_the_commands_say_and_nothing_is_lost() throws Exception {
        History history = new History();
        History paired = new History();
        try (BrokerFixture fixture = BrokerFixture.startTiered(PLAN);
                CommittingGroup group = new CommittingGroup(fixture.bootstrap(), TOPIC, "group", "consumer");
                Load load = new Load(
                        fixture.bootstrap(), TOPIC, history, Load.Options.DEFAULT.withRecordsPerSecond(1_000))) {
            fixture.topics().createOn(1, TOPIC, PARTITIONS, Topics.TIERED);
            create(fixture, "pair", 2, 3);
            create(fixture, "everywhere", 1, 2, 3);
            fixture.writeMore("pair", paired, 2_000, Load.Options.DEFAULT);
            load.start();
            group.start();
            Await.until("a group that commits", LIMIT, () -> group.done() > 10);

            moveSome(fixture);
            balance(fixture);
            drain(fixture, load, group);

            fixture.assertIntact(TOPIC, history);
            fixture.assertIntact("pair", paired);
        }
    }

    private static void create(BrokerFixture fixture, String topic, Integer... replicas) {
        try (Admin admin = fixture.broker().admin()) {
            Topics.answer(admin.createTopics(List.of(new NewTopic(topic, Map.of(0, List.of(replicas)))))
                    .all());
        }
        fixture.topics().awaitLeaders(topic, 1);
    }

    private static Command.Result run(BrokerFixture fixture, String... arguments) throws IOException {
        return Aquifer.onCluster(fixture.cluster().kafka(), fixture.bootstrap(), arguments);
    }

    private static JsonNode json(Command.Result result) throws IOException {
        String line = result.output()
                .lines()
                .filter(each -> each.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No JSON in " + result));
        return new ObjectMapper().readTree(line);
    }

    private static void moveSome(BrokerFixture fixture) throws IOException {
        assertThat(run(fixture, "topic", "move", TOPIC + ":0,1", "--to", "2", "--dry-run")
                        .orThrow()
                        .output())
                .contains("To be moved: 2")
                .contains("Nothing was changed");
        assertThat(fixture.topics().leaders(TOPIC)).containsOnly(1);

        assertThat(run(fixture, "topic", "move", TOPIC + ":0,1", "--to", "2")
                        .orThrow()
                        .output())
                .contains("Moved 2 in ");

        assertThat(fixture.topics().leaders(TOPIC)).containsExactly(2, 2, 1, 1, 1, 1);
    }

    private static void balance(BrokerFixture fixture) throws IOException {
        List<Integer> before = fixture.topics().leaders(TOPIC);

        JsonNode proposed = json(
                run(fixture, "cluster", "balance", "--window", "3", "--json").orThrow());

        assertThat(proposed.get("executed").booleanValue()).isFalse();
        assertThat(proposed.get("moves"))
                .anyMatch(move -> move.get("to").intValue() == 3)
                .allMatch(move -> move.get("state").textValue().equals("PLANNED"));
        for (String measure : List.of("produced", "consumed")) {
            double all = StreamSupport.stream(proposed.get("brokers").spliterator(), false)
                    .mapToDouble(broker -> broker.get("before").get(measure).doubleValue())
                    .sum();
            assertThat(all).as("bytes/s " + measure).isBetween(1e5, 1e7);
        }
        assertThat(fixture.topics().leaders(TOPIC)).isEqualTo(before);

        assertThat(run(fixture, "cluster", "balance", "--window", "3", "--execute")
                        .orThrow()
                        .output())
                .contains("Moved ")
                .contains(" of the mean, broker 3 ");
        assertThat(fixture.topics().leaders(TOPIC)).contains(1, 2, 3);
    }

    private static void drain(BrokerFixture fixture, Load load, CommittingGroup group) throws IOException {
        BrokerProcess drained = fixture.cluster().cluster().brokers().get(2);

        Command.Result incomplete = run(fixture, "broker", "drain", "3", "--json");

        assertThat(incomplete.exitStatus()).isOne();
        assertThat(incomplete.output()).contains("1 partitions can't be moved");
        List<String> blocked = new ArrayList<>();
        json(incomplete).get("partitions").forEach(partition -> {
            if (partition.get("state").textValue().equals("BLOCKED")) {
                blocked.add(partition.get("topic").textValue());
            } else {
                assertThat(partition.get("state").textValue()).isEqualTo("MOVED");
            }
        });
        assertThat(blocked).containsExactly("everywhere");
        fixture.topics().delete("everywhere");

        assertThat(run(fixture, "broker", "drain", "3").orThrow().output()).contains("Nothing to move");
        assertThat(fixture.topics().leaders(TOPIC)).contains(1, 2).doesNotContain(3);
        assertThat(fixture.topics().leaders("__consumer_offsets")).doesNotContain(3, -1);
        assertThat(fixture.topics().inSyncReplicas("pair", 0)).containsExactlyInAnyOrder(1, 2);

        long before = group.done();
        Await.until("a group that goes on", LIMIT, () -> group.done() > before + 10);
        group.stop(LIMIT);
        load.stop(LIMIT);
        assertThat(load.firstFailure()).isNull();
        drained.stop(LIMIT);
        Command.Result refused = run(fixture, "broker", "drain", "3");
        assertThat(refused.exitStatus()).isOne();
        assertThat(refused.output()).contains("Broker 3 isn't alive").contains("aquifer broker takeover 3");
    }
}
