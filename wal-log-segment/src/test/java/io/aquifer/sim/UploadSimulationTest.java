package io.aquifer.sim;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class UploadSimulationTest {

    @Test
    void whatWasAcknowledgedIsInTheBucketOrInTheWalWhateverTheStoreTheMachineAndATakerDo(Seeds seeds) {
        seeds.forEach(2000, random -> new UploadSimulation(random).run());
    }
}
