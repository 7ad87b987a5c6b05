package io.aquifer.object;

import java.util.concurrent.CompletableFuture;

/** The contract, kept by the simulated store. */
class SimulatedStoreContractTest extends ObjectStoreContractTest {

    private final SimulatedClock clock = SimulatedClock.driven();
    private final SimulatedBucket bucket = new SimulatedBucket();
    private final ObjectStore store = new SimulatedObjectStore(clock, bucket, 1);

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    <T> T await(CompletableFuture<T> future) {
        return clock.await(future);
    }

    @Override
    void beginUpload(String key) {
        bucket.beginUpload(key, clock.now());
    }
}
