package io.aquifer.cli;

import io.aquifer.rebuild.LostWal;
import io.aquifer.wal.WalContinuation;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.device.DurabilitySetting;
import io.aquifer.wal.device.JnaNativeIo;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aquifer wal recover}. */
@Command(
        name = "recover",
        description = {
            "Goes on from what the bucket has of a broker's WAL, where the device that it was on is lost.",
            "",
            "What was acknowledged after the last upload is lost with the device. Prints what is left of each partition,"
                    + " and changes nothing unless --accept-loss says that the rest may be lost. Then the bucket's part of"
                    + " the WAL is sealed, and the empty WAL on PATH, made with aquifer wal format for the same broker, goes"
                    + " on from there. The broker must be stopped; when it starts, it rebuilds the logs that are in none of"
                    + " its log directories."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RecoverCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(index = "0", paramLabel = "PATH", description = "The device or file with the broker's new, empty WAL.")
    private Path path;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The broker's server.properties, which says where its bucket is.")
    private Path config;

    @Option(
            names = "--accept-loss",
            description = "What was acknowledged and isn't in the bucket may be lost: go on from what is there.")
    private boolean acceptLoss;

    @Override
    public Integer call() throws IOException {
        Superblock superblock = WalOnDevice.superblockOn(path);
        RecoveredWal recovered;
        try (BrokerBucket bucket = BrokerBucket.open(config, superblock)) {
            LostWal lost = LostWal.find(bucket.store(), bucket.keys(), superblock.nodeId())
                    .orElseThrow(() ->
                            new RefusedException("The " + bucket.store().name() + " has nothing of the WAL of broker "
                                    + superblock.nodeId() + ": there is nothing to recover. Start the broker."));
            recovered = RecoveredWal.of(path, superblock, lost, acceptLoss);
            if (acceptLoss) {
                goOn(lost);
            }
        }
        output.print(spec.commandLine().getOut(), recovered, RecoveredWal::inWords);
        if (!acceptLoss) {
            throw new RefusedException("Nothing was changed. With --accept-loss, broker " + superblock.nodeId()
                    + " goes on from what is listed, and everything acknowledged beyond it is lost.");
        }
        return 0;
    }

    /** Whether the WAL can go on there is seen before anything is sealed. */
    private void goOn(LostWal lost) throws IOException {
        try (BlockDevice device = new BlockDevices(new JnaNativeIo()).openForWriting(path, DurabilitySetting.AUTO)) {
            WalContinuation.requireEmpty(device);
            lost.seal();
            lost.continuation().write(device, lost.checkpoints());
        }
    }
}
