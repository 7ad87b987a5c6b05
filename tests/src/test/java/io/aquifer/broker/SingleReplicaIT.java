package io.aquifer.broker;

import static io.aquifer.broker.BrokerFixture.LIMIT;
import static io.aquifer.broker.SingleReplicas.COMPACTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster.Plan;
import io.aquifer.harness.Folders;
import io.aquifer.harness.Folders.Scratch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A broker has the only replica of every partition of every topic, those of Kafka's coordinators too, and is killed again
 * and again, {@code aquifer.kills} times, while groups commit, transactions read and write, and logs are cleaned.
 */
class SingleReplicaIT {

    private static final int TIMES = Integer.getInteger("aquifer.kills", 3);

    @ParameterizedTest(name = "with its disk lost: {0}")
    @ValueSource(booleans = {false, true})
    void nothing_that_was_committed_goes_back_is_lost_or_hangs(boolean losesDisk) throws Exception {
        try (Scratch metadata = Folders.scratch("metadata");
                BrokerFixture fixture = SingleReplicas.start(
                        Plan.DEFAULT.with("metadata.log.dir", metadata.path().toString()));
                EveryClient clients = new EveryClient(fixture)) {
            clients.start();
            clients.awaitProgress();
            SingleReplicas.assertShared(fixture);

            for (int round = 0; round < TIMES; round++) {
                SingleReplicas.awaitCleaning(fixture);
                RemainingOffsets before = RemainingOffsets.of(fixture.bootstrap(), COMPACTED, LIMIT);
                fixture.broker().kill();
                EveryClient.Promises promises = clients.promises();
                if (losesDisk) {
                    fixture.cluster().loseLogDirs(fixture.broker());
                }
                fixture.restart();

                clients.assertKept(promises);
                if (!losesDisk) {
                    RemainingOffsets after = RemainingOffsets.of(fixture.bootstrap(), COMPACTED, LIMIT);
                    assertThat(after.thatCameBackSince(before)).isEmpty();
                }
                clients.awaitSettled();
                clients.awaitProgress();
            }

            clients.stop();
            clients.assertNothingLost();
        }
    }
}
