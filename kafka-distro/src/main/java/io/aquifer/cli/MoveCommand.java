package io.aquifer.cli;

import io.aquifer.format.WalEpoch;
import io.aquifer.rebuild.LostWal;
import io.aquifer.wal.WalContinuation;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.Superblock;
import io.aquifer.wal.upload.WalTakeover;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aquifer wal move}. */
@Command(
        name = "move",
        description = {
            "Moves a broker's WAL to another device. Nothing is lost.",
            "",
            "Seals the WAL in the bucket, puts there what only the device OLD holds, and makes the empty WAL on NEW, made with"
                    + " aquifer wal format for the same broker, go on from there. The broker must be stopped. OLD is only read;"
                    + " no broker can use it afterwards. A move that was cut off is finished by the same command."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MoveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(index = "0", paramLabel = "OLD", description = "The device or file with the broker's WAL.")
    private Path from;

    @Parameters(index = "1", paramLabel = "NEW", description = "The device or file with the broker's new, empty WAL.")
    private Path to;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The broker's server.properties, which says where its bucket is.")
    private Path config;

    /**
     * What was done.
     *
     * @param epoch in which the WAL goes on, once the broker is started
     * @param partitions of which the WAL has something
     */
    record Moved(String from, String to, String walId, int nodeId, long epoch, int partitions) {

        private String inWords() {
            return "WAL " + walId + " of broker " + nodeId + ", with " + partitions + " partitions, goes on on " + to
                    + ". Set aquifer.wal.path to it and start the broker; " + from + " isn't needed any more.";
        }
    }

    @Override
    public Integer call() throws IOException {
        BlockDevices devices = new BlockDevices(new JnaNativeIo());
        try (BlockDevice target = devices.openForWriting(to, DurabilitySetting.AUTO);
                BlockDevice source = devices.openForWriting(from, DurabilitySetting.AUTO)) {
            WalContinuation.requireEmpty(target);
            Superblock superblock = WalOnDevice.superblockOn(from);
            requireSameOwner(superblock, WalOnDevice.superblockOn(to));
            try (BrokerBucket bucket = BrokerBucket.open(config, superblock)) {
                output.print(spec.commandLine().getOut(), move(source, superblock, target, bucket), Moved::inWords);
            }
        }
        return 0;
    }

    private static void requireSameOwner(Superblock source, Superblock target) throws RefusedException {
        if (source.nodeId() != target.nodeId() || !source.clusterId().equals(target.clusterId())) {
            throw new RefusedException("The WAL to be moved is of broker " + source.nodeId() + " of cluster "
                    + source.clusterId() + ", and the new one was formatted for broker " + target.nodeId()
                    + " of cluster " + target.clusterId() + ". Format it for the same broker.");
        }
    }

    private Moved move(BlockDevice source, Superblock superblock, BlockDevice target, BrokerBucket bucket)
            throws IOException {
        int nodeId = superblock.nodeId();
        WalEpoch epoch = WalTakeover.of(bucket.store(), bucket.keys(), nodeId)
                .orElseThrow(
                        () -> new RefusedException(
                                "The " + bucket.store().name() + " has nothing of the WAL of broker " + nodeId
                                        + ". Start the broker with it once, so that it uploads it, and stop it in good order."));
        WalTakeover takeover = WalTakeover.of(bucket.store(), bucket.keys(), epoch, nodeId);
        takeover.requireNewest(source, superblock);
        takeover.seal();
        takeover.upload(source);
        LostWal moved = LostWal.find(bucket.store(), bucket.keys(), nodeId)
                .orElseThrow(() -> new IllegalStateException("what was uploaded a moment ago isn't there"));
        Superblock written = moved.continuation().write(target, moved.checkpoints());
        return new Moved(
                from.toString(),
                to.toString(),
                written.walId().toString(),
                nodeId,
                written.epoch(),
                moved.partitions().size());
    }
}
