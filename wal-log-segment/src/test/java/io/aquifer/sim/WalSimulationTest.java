package io.aquifer.sim;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class WalSimulationTest {

    @Test
    void whatWasAcknowledgedIsRecoveredWhateverTheDeviceAndTheMachineDo(Seeds seeds) {
        seeds.forEach(200, random -> new WalSimulation(random).run());
    }
}
