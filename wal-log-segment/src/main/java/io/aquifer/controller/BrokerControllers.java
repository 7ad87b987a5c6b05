package io.aquifer.controller;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.ControllerInformation;
import org.apache.kafka.server.NodeToControllerChannelManagerImpl;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.jspecify.annotations.Nullable;

/** The controllers of a broker's cluster, as the broker finds them while it starts. */
public final class BrokerControllers {

    private static final long CHANNEL_TIMEOUT_MS = 10_000;

    private final AbstractKafkaConfig config;
    private volatile @Nullable Supplier<ControllerInformation> finding;

    public BrokerControllers(AbstractKafkaConfig config) {
        this.config = config;
    }

    /** How the active controller is found, from now on. */
    public void found(Supplier<ControllerInformation> by) {
        finding = by;
    }

    /**
     * A channel like the broker's other ones to the controllers: the same listener, the same credentials.
     *
     * @param name of its thread, which is daemon
     */
    public ControllerChannel channel(String name) {
        Metrics metrics = new Metrics();
        return new ControllerChannel(
                () -> {
                    Supplier<ControllerInformation> by = finding;
                    if (by == null) {
                        throw new IOException("This broker hasn't found the controllers yet");
                    }
                    return new NodeToControllerChannelManagerImpl(
                            by,
                            Time.SYSTEM,
                            metrics,
                            config,
                            name,
                            "broker-" + config.brokerId() + "-",
                            CHANNEL_TIMEOUT_MS);
                },
                metrics::close);
    }
}
