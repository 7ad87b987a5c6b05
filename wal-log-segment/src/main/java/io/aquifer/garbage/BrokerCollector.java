package io.aquifer.garbage;

import io.aquifer.controller.ActiveController;
import io.aquifer.controller.BrokerControllers;
import io.aquifer.coverage.Collector;
import io.aquifer.coverage.CollectorSettings;
import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** The collector of a broker, with all that it needs of the broker. */
public final class BrokerCollector {

    /** How many intervals a collector may do nothing before another takes its place. */
    private static final int STAND_IN_INTERVALS = 5;
    /** The part of the heap that a round may fill. */
    private static final int HEAP_FRACTION = 8;

    private static final Duration METADATA_PATIENCE = Duration.ofSeconds(10);

    private final AbstractKafkaConfig config;
    private final Supplier<MetadataImage> metadata;
    private final BrokerControllers controllers;

    /** @param metadata the broker's newest image of it */
    public BrokerCollector(
            AbstractKafkaConfig config, Supplier<MetadataImage> metadata, BrokerControllers controllers) {
        this.config = config;
        this.metadata = metadata;
        this.controllers = controllers;
    }

    /**
     * Prepares the collection of a bucket's garbage.
     *
     * @param minAge see {@link CollectorSettings}
     */
    public GarbageCollection collection(ObjectStore store, ClusterKeys keys, Duration interval, Duration minAge) {
        ActiveController controller = new ActiveController(controllers.channel("aquifer-garbage-collection"));
        CollectorSettings settings = new CollectorSettings(
                minAge,
                interval.multipliedBy(STAND_IN_INTERVALS),
                Runtime.getRuntime().maxMemory() / HEAP_FRACTION);
        ClusterTopics topics = new ClusterTopics(metadata, controller, METADATA_PATIENCE);
        Collector collector = new Collector(store, keys, config.brokerId(), settings, topics, System::nanoTime);
        return new GarbageCollection(collector::round, controller, interval);
    }
}
