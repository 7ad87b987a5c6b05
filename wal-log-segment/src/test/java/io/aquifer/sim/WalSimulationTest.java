package io.aquifer.sim;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class WalSimulationTest {

    @Test
    void whatWasAcknowledgedIsRecoveredWhateverTheDeviceAndTheMachineDo(Seeds seeds) {
        seeds.forEach(4000, random -> new WalSimulation(random).run());
    }
}
