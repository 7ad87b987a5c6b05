package io.aquifer.takeover;

import io.aquifer.controller.ControllerChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.image.MetadataImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the partitions that only this broker has to others, before it ends. What has other replicas is led by one of those anyway.
 *
 * <p>Used by the thread that ends the broker.
 */
public final class BrokerDrain implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerDrain.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How many partitions are on their way at once. */
    private static final int AT_ONCE = 200;

    private final int brokerId;
    private final Supplier<MetadataImage> metadata;
    private final ControllerChannel controller;
    private final Reassignment reassignment;
    private final Duration timeout;
    private final LongSupplier clock;
    private final Map<TopicPartition, Integer> chosen = new HashMap<>();

    /**
     * @param metadata the broker's newest image of it
     * @param controller closed with this
     * @param timeout how long to wait until all are elsewhere
     * @param clock nanoseconds
     */
    public BrokerDrain(
            int brokerId,
            Supplier<MetadataImage> metadata,
            ControllerChannel controller,
            Duration timeout,
            LongSupplier clock) {
        this.brokerId = brokerId;
        this.metadata = metadata;
        this.controller = controller;
        this.reassignment = new Reassignment(controller);
        this.timeout = timeout;
        this.clock = clock;
    }

    /** Returns when other brokers have all that can be moved, or time is up, or nobody is there to take it. */
    public void run() {
        long begin = clock.getAsLong();
        ClusterView cluster = new ClusterView(metadata.get());
        Set<TopicPartition> left = cluster.heldAlone(brokerId);
        int all = left.size();
        String failure = "";
        while (!left.isEmpty() && clock.getAsLong() - begin < timeout.toNanos()) {
            try {
                if (!step(cluster, left)) {
                    LOG.warn(
                            "There is no other broker that {} partitions could go to: they end with this one",
                            left.size());
                    return;
                }
                failure = "";
            } catch (IOException e) {
                String message = String.valueOf(e.getMessage());
                if (!message.equals(failure)) {
                    LOG.warn("Giving partitions to other brokers goes on to be tried: {}", message, e);
                }
                failure = message;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
            cluster = new ClusterView(metadata.get());
            left = cluster.heldAlone(brokerId);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - begin);
        if (left.isEmpty()) {
            LOG.info("Gave {} partitions to other brokers in {} ms", all, millis);
        } else {
            LOG.warn(
                    "Of {} partitions {} are not with other brokers after {} ms, and away until this one is back: {}",
                    all,
                    left.size(),
                    millis,
                    left.stream().limit(20).toList());
        }
    }

    /** Answers whether there is anybody to give to. */
    private boolean step(ClusterView cluster, Set<TopicPartition> left) throws IOException {
        List<Integer> others =
                cluster.willing().stream().filter(broker -> broker != brokerId).toList();
        if (others.isEmpty()) {
            return false;
        }
        OwnerChoice choice = new OwnerChoice(cluster, brokerId, others);
        int free = AT_ONCE - (int) left.stream().filter(cluster::isMoving).count();
        Map<TopicPartition, Integer> owners = new HashMap<>();
        left.stream()
                .filter(partition -> !cluster.isMoving(partition))
                .limit(Math.max(0, free))
                .forEach(partition -> owners.put(partition, owner(partition, others, choice)));
        if (!owners.isEmpty()) {
            reassignment.moveLed(owners);
        }
        return true;
    }

    /** The same as before, while metadata don't show yet what was asked for. */
    private int owner(TopicPartition partition, List<Integer> others, OwnerChoice choice) {
        Integer before = chosen.get(partition);
        int owner = before != null && others.contains(before)
                ? before
                : choice.choose().getAsInt();
        chosen.put(partition, owner);
        return owner;
    }

    @Override
    public void close() {
        controller.close();
    }
}
