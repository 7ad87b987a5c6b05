package io.aquifer.kafkatests;

import io.aquifer.log.AquiferConfig;
import io.aquifer.log.AquiferRuntime;
import io.aquifer.log.SharingPolicy;
import io.aquifer.seam.Seams;
import io.aquifer.wal.WalFormatter;
import io.aquifer.wal.WalOwner;
import io.aquifer.wal.device.AlignedMemory;
import io.aquifer.wal.device.BlockDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Gives every test a runtime and a WAL of its own, from before its set-up until after its clean-up. To the runtime, all
 * that a test opens is what a broker finds when it starts.
 */
final class RuntimePerTest implements TestExecutionListener {

    private static final long DEVICE_SIZE = 32L << 20;
    private static final WalOwner OWNER = new WalOwner("kafka-tests", 0);

    private final SharingPolicy policy;

    RuntimePerTest(SharingPolicy policy) {
        this.policy = policy;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            Seams.install(start());
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            Seams.stop();
        }
    }

    private AquiferRuntime start() {
        AquiferConfig config = AquiferConfig.of(Map.of(
                AquiferConfig.WAL_PATH_CONFIG,
                "memory",
                AquiferConfig.WAL_BLOCK_BYTES_CONFIG,
                1 << 20,
                AquiferConfig.WAL_MEMORY_BYTES_CONFIG,
                16 << 20));
        BlockDevice device = new MemoryBlockDevice(DEVICE_SIZE);
        try (AlignedMemory memory = AlignedMemory.system()) {
            WalFormatter.format(device, memory, OWNER);
            return AquiferRuntime.start(config, policy, device, OWNER, List.of(), new LogDirFailureChannel(10));
        } catch (IOException e) {
            throw new UncheckedIOException("A device in memory can't fail", e);
        }
    }
}
