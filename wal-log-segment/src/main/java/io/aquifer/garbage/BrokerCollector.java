package io.aquifer.garbage;

import io.aquifer.coverage.Collector;
import io.aquifer.coverage.CollectorSettings;
import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.ControllerInformation;
import org.apache.kafka.server.NodeToControllerChannelManagerImpl;
import org.apache.kafka.server.common.NodeToControllerChannelManager;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.jspecify.annotations.Nullable;

/** The collector of a broker, with all that it needs of the broker. */
public final class BrokerCollector {

    /** How many intervals a collector may do nothing before another takes its place. */
    private static final int STAND_IN_INTERVALS = 5;
    /** The part of the heap that a round may fill. */
    private static final int HEAP_FRACTION = 8;

    private static final Duration METADATA_PATIENCE = Duration.ofSeconds(10);
    private static final long CHANNEL_TIMEOUT_MS = 10_000;

    private final AbstractKafkaConfig config;
    private final Supplier<MetadataImage> metadata;
    private volatile @Nullable Supplier<ControllerInformation> controllers;

    /** @param metadata the broker's newest image of it */
    public BrokerCollector(AbstractKafkaConfig config, Supplier<MetadataImage> metadata) {
        this.config = config;
        this.metadata = metadata;
    }

    /** How the active controller is found, from now on. Until then it isn't known which topics there are. */
    public void controllers(Supplier<ControllerInformation> finding) {
        controllers = finding;
    }

    /**
     * Prepares the collection of a bucket's garbage.
     *
     * @param minAge see {@link CollectorSettings}
     */
    public GarbageCollection collection(ObjectStore store, ClusterKeys keys, Duration interval, Duration minAge) {
        Metrics metrics = new Metrics();
        ActiveController controller = new ActiveController(() -> channel(metrics));
        CollectorSettings settings = new CollectorSettings(
                minAge,
                interval.multipliedBy(STAND_IN_INTERVALS),
                Runtime.getRuntime().maxMemory() / HEAP_FRACTION);
        ClusterTopics topics = new ClusterTopics(metadata, () -> end(controller), METADATA_PATIENCE);
        Collector collector = new Collector(store, keys, config.brokerId(), settings, topics, System::nanoTime);
        return new GarbageCollection(
                collector::round,
                () -> {
                    controller.close();
                    metrics.close();
                },
                interval);
    }

    private long end(ActiveController controller) throws IOException {
        if (controllers == null) {
            throw new IOException("This broker hasn't found the controllers yet");
        }
        return controller.end();
    }

    private NodeToControllerChannelManager channel(Metrics metrics) {
        Supplier<ControllerInformation> finding = controllers;
        if (finding == null) {
            throw new IllegalStateException("no controllers are known yet");
        }
        return new NodeToControllerChannelManagerImpl(
                finding,
                Time.SYSTEM,
                metrics,
                config,
                "aquifer-garbage-collection",
                "broker-" + config.brokerId() + "-",
                CHANNEL_TIMEOUT_MS);
    }
}
