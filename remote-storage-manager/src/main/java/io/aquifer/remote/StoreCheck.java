package io.aquifer.remote;

import io.aquifer.config.S3Config;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreException;
import io.aquifer.object.ProbeFinding;
import io.aquifer.object.StoreProbe;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a broker from starting with a store that can't be used until somebody changes something. */
final class StoreCheck {

    private static final Logger LOG = LoggerFactory.getLogger(StoreCheck.class);

    private StoreCheck() {}

    /** The store, which is closed if it isn't {@linkplain #requireUsable usable}. */
    static ObjectStore checked(ObjectStore store, S3Config config) {
        try {
            requireUsable(store, config);
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Probes the store. One that can't be reached for the moment is no reason not to start: copies and reads will be tried
     * again.
     *
     * @throws KafkaException saying all that the store lacks
     */
    static void requireUsable(ObjectStore store, S3Config config) {
        String root = config.keys().root();
        StoreProbe probe = new StoreProbe(
                store, root.substring(0, root.length() - 1), config.store().partBytes());
        try {
            List<ProbeFinding> findings = StoreWait.untilDone(probe.run());
            if (!findings.isEmpty()) {
                throw new KafkaException("The " + store.name() + " can't be used. "
                        + findings.stream()
                                .map(finding -> "It lacks " + finding.lacking() + ": " + finding.message())
                                .collect(Collectors.joining(" ")));
            }
        } catch (IOException e) {
            if (!(e instanceof ObjectStoreException failure && failure.retriable())) {
                throw new KafkaException("The " + store.name() + " can't be used: " + e.getMessage(), e);
            }
            LOG.warn("The {} could not be looked at and is used all the same", store.name(), e);
        }
    }
}
