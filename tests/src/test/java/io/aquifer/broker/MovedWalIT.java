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
import io.aquifer.harness.Segments;
import io.aquifer.harness.WalDevice;
import io.aquifer.object.EmbeddedS3;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A broker that was killed goes on with another device, from what only the old one holds. */
class MovedWalIT {

    private static final String TOPIC = "moved";
    private static final long BYTES = 512L << 20;

    @Test
    void nothing_is_lost_when_the_wal_moves_to_another_device_and_to_a_third() throws IOException {
        try (Scratch places = Folders.scratch("devices");
                BrokerFixture fixture =
                        BrokerFixture.startTiered(Plan.DEFAULT.with("aquifer.wal.upload.interval.ms", "3600000"));
                WalDevice second = WalDevice.create(places.path(), "second", BYTES);
                WalDevice third = WalDevice.create(places.path(), "third", BYTES)) {
            fixture.createShared(TOPIC, 2, Map.of("segment.bytes", Integer.toString(1 << 20)));
            History history = fixture.write(TOPIC, 10_000);
            fixture.broker().kill();
            Segments.cutLast(fixture.broker().partitionFolder(TOPIC, 0), 0);

            move(fixture, fixture.device(), second);
            assertRefused(fixture.broker());
            restartOn(fixture, second);

            assertThat(fixture.broker().output()).contains("Rebuilt " + TOPIC + "-0 ");
            fixture.assertIntact(TOPIC, history);
            fixture.writeMore(TOPIC, history, 10_000, Load.Options.DEFAULT);
            fixture.broker().kill();

            move(fixture, second, third);
            Command.Result again = moving(fixture, fixture.device(), third);
            assertThat(again.exitStatus()).isOne();
            assertThat(again.output()).contains("isn't empty");
            restartOn(fixture, third);

            fixture.assertIntact(TOPIC, history);
            fixture.writeMore(TOPIC, history, 1_000, Load.Options.DEFAULT);
            fixture.assertIntact(TOPIC, history);
        }
    }

    @Test
    void the_device_before_the_last_is_refused() throws IOException {
        try (Scratch places = Folders.scratch("devices");
                BrokerFixture fixture = BrokerFixture.startTiered(Plan.DEFAULT);
                WalDevice second = WalDevice.create(places.path(), "second", BYTES);
                WalDevice third = WalDevice.create(places.path(), "third", BYTES)) {
            fixture.createShared(TOPIC, 1);
            History history = fixture.write(TOPIC, 100);
            fixture.broker().stop(LIMIT);
            move(fixture, fixture.device(), second);
            restartOn(fixture, second);
            fixture.writeMore(TOPIC, history, 100, Load.Options.DEFAULT);
            fixture.broker().stop(LIMIT);

            format(fixture, third);
            Command.Result stale = moving(fixture, fixture.device(), third);

            assertThat(stale.exitStatus()).isOne();
            assertThat(stale.output()).contains("attach the device that this broker used last");
            fixture.restart();
            fixture.assertIntact(TOPIC, history);
        }
    }

    private static void move(BrokerFixture fixture, WalDevice from, WalDevice to) throws IOException {
        format(fixture, to);
        assertThat(moving(fixture, from, to).orThrow().output()).contains("start the broker");
    }

    private static void format(BrokerFixture fixture, WalDevice device) throws IOException {
        Aquifer.format(
                fixture.cluster().kafka(),
                device,
                fixture.cluster().cluster().id(),
                fixture.broker().config().nodeId());
    }

    private static Command.Result moving(BrokerFixture fixture, WalDevice from, WalDevice to) throws IOException {
        return Aquifer.wal(
                fixture.cluster().kafka(),
                EmbeddedS3.environment(),
                "move",
                from.path().toString(),
                to.path().toString(),
                "--config",
                fixture.broker().config().file().toString());
    }

    /** What it says ends up in the log once the bucket has answered; until then nothing is acknowledged. */
    private static void assertRefused(BrokerProcess broker) throws IOException {
        broker.start();
        Await.until(
                "the old device to be refused",
                LIMIT,
                () -> broker.output().contains("which moves it to another device"));
        broker.kill();
    }

    private static void restartOn(BrokerFixture fixture, WalDevice device) throws IOException {
        BrokerProcess broker = fixture.broker();
        broker.reconfigure(
                broker.config().with(Map.of("aquifer.wal.path", device.path().toString())));
        fixture.restart();
    }
}
