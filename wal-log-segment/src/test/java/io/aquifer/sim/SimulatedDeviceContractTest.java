package io.aquifer.sim;

import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDeviceContractTest;
import io.aquifer.wal.device.Durability;
import java.util.random.RandomGeneratorFactory;

/** The simulated device keeps the contract, so that what is proved on it holds for a real one. */
class SimulatedDeviceContractTest extends BlockDeviceContractTest {

    @Override
    protected BlockDevice open() {
        return new SimulatedBlockDevice(
                4 << 20,
                4096,
                Durability.SYNC,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1));
    }
}
