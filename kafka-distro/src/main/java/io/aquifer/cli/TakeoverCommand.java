package io.aquifer.cli;

import io.aquifer.format.TakeoverState;
import io.aquifer.format.Takeovers;
import io.aquifer.format.WalEpoch;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.upload.WalTakeover;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aquifer broker takeover}. */
@Command(
        name = "takeover",
        description = {
            "Lets the other brokers take over the WAL and the partitions of one that doesn't run.",
            "",
            "The brokers do it, whether aquifer.takeover.auto is set or not; this command asks them, and waits until all is"
                    + " done. With --device, it first uploads what only the device of that broker holds: then the broker must be"
                    + " stopped for good, or the device detached from it. The broker may come back afterwards, and is empty."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TakeoverCommand extends BucketCommand {

    private static final Duration LOOK = Duration.ofMillis(500);
    /** Node id of nobody, for the notes of who asked. */
    private static final int OPERATOR = -1;

    @Parameters(index = "0", paramLabel = "NODE", description = "The node id of the broker.")
    private int nodeId;

    @ArgGroup(exclusive = true)
    private @Nullable Rest rest;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description =
                    "How long to wait until the takeover is complete; it goes on afterwards (default: ${DEFAULT-VALUE}).")
    private long timeoutSeconds;

    /** What becomes of what isn't in the bucket. */
    private static final class Rest {

        @Option(
                names = "--device",
                paramLabel = "PATH",
                description = "The device or file with that broker's WAL, which is only read.")
        private @Nullable Path device;

        @Option(
                names = "--accept-loss",
                description = "The device is lost, and with it what the broker acknowledged and hadn't uploaded.")
        private boolean acceptLoss;
    }

    @Override
    int look(BrokerBucket bucket) throws IOException {
        WalEpoch wal = WalTakeover.of(bucket.store(), bucket.keys(), nodeId)
                .orElseThrow(() -> new RefusedException("The " + bucket.store().name()
                        + " has nothing of a WAL of broker " + nodeId + ". Check the node id."));
        Takeovers takeovers = new Takeovers(bucket.store(), bucket.keys());
        Optional<TakeoverState> before = StoreWait.untilDone(takeovers.list()).of(wal);
        if (before.isEmpty() || !before.get().complete()) {
            finishUpload(bucket, wal);
            PutResult unused = StoreWait.untilDone(takeovers.ask(wal, OPERATOR));
        }
        print(awaitCompletion(takeovers, wal), TakeoverCommand::inWords);
        return 0;
    }

    private void finishUpload(BrokerBucket bucket, WalEpoch wal) throws IOException {
        if (rest == null) {
            return;
        }
        if (configuredNode() == nodeId) {
            throw new RefusedException("The settings given with --config are those of broker " + nodeId
                    + " itself, which is to be taken over. Give those of a broker that goes on.");
        }
        WalTakeover takeover = WalTakeover.of(bucket.store(), bucket.keys(), wal, configuredNode());
        takeover.seal();
        if (rest.acceptLoss) {
            takeover.giveUpRest();
        } else {
            try (BlockDevice device =
                    new BlockDevices(new JnaNativeIo()).openForReading(Objects.requireNonNull(rest.device))) {
                takeover.upload(device);
            }
        }
    }

    /** What was done. */
    record TakenOver(int nodeId, long epoch) {}

    private TakenOver awaitCompletion(Takeovers takeovers, WalEpoch wal) throws IOException {
        long begin = System.nanoTime();
        boolean complete = false;
        while (!complete
                && System.nanoTime() - begin
                        < Duration.ofSeconds(timeoutSeconds).toNanos()) {
            complete = StoreWait.untilDone(takeovers.list())
                    .of(wal)
                    .filter(TakeoverState::complete)
                    .isPresent();
            if (!complete) {
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
        if (!complete) {
            throw new RefusedException("The takeover of broker " + nodeId + " isn't complete after " + timeoutSeconds
                    + " s: " + StoreWait.untilDone(takeovers.list()).of(wal)
                    + ". It goes on. What it waits for is in the log of the broker with the lowest node id that runs");
        }
        return new TakenOver(nodeId, wal.epoch());
    }

    private static String inWords(TakenOver taken) {
        return "All partitions of broker " + taken.nodeId()
                + " are with other brokers. It may be started again, and is empty.";
    }
}
