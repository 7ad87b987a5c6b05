package io.aquifer.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.image.MetadataImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker that gives its partitions away before it ends. */
@Timeout(60)
class BrokerDrainTest {

    private static final int LEAVING = 1;

    private final FakeController controller = new FakeController();
    private final AtomicLong seconds = new AtomicLong();
    private final Deque<MetadataImage> metadata = new ArrayDeque<>();

    /** A second passes whenever it looks at the clock; each image is there for one look, the last one stays. */
    private void drain(Cluster... seen) {
        for (Cluster cluster : seen) {
            metadata.add(cluster.image());
        }
        try (BrokerDrain drain = new BrokerDrain(
                LEAVING,
                () -> metadata.size() > 1 ? metadata.remove() : metadata.element(),
                controller.channel(),
                Duration.ofSeconds(20),
                () -> TimeUnit.SECONDS.toNanos(seconds.incrementAndGet()))) {
            drain.run();
        }
    }

    @Test
    void whatOnlyItHasGoesToWhoeverLeadsTheFewestAndOnceTheyHaveItTheBrokerMayEnd() {
        Cluster before =
                new Cluster().alive(1, 2, 3).led(0, LEAVING).led(1, LEAVING).led(2, 2);
        Cluster half = new Cluster()
                .alive(1, 2, 3)
                .led(0, LEAVING)
                .led(1, LEAVING)
                .led(2, 2)
                .led(3, 3)
                .led(4, 3);
        Cluster after = new Cluster().alive(1, 2, 3).led(0, 3).led(1, 2).led(2, 2);

        drain(before, half, after);

        assertThat(Set.copyOf(controller.asked()))
                .singleElement()
                .asString()
                .contains("replicas=[3]")
                .contains("replicas=[2]")
                .doesNotContain("partitionIndex=2");
        assertThat(seconds.get()).isLessThan(20);
    }

    @Test
    void whatHasOtherReplicasIsLeftToTheShutdownItself() {
        drain(new Cluster().alive(1, 2, 3).partition(0, LEAVING, List.of(LEAVING, 2), List.of(LEAVING, 2)));

        assertThat(controller.asked()).isEmpty();
    }

    @Test
    void whatIsOnItsWayIsWaitedForAndNotSentElsewhere() {
        Cluster moving = new Cluster().alive(1, 2, 3).moving(0, LEAVING, 3);

        drain(moving, moving, moving, new Cluster().alive(1, 2, 3).led(0, 3));

        assertThat(controller.asked()).isEmpty();
        assertThat(seconds.get()).isLessThan(20);
    }

    @Test
    void withNobodyToGiveToTheBrokerEndsAtOnce() {
        drain(new Cluster().alive(1).dead(2).led(0, LEAVING));

        assertThat(controller.asked()).isEmpty();
        assertThat(seconds.get()).isLessThan(5);
    }

    @Test
    void aControllerThatRefusesIsAskedAgainUntilTimeIsUp() {
        controller.refuse(Errors.CLUSTER_AUTHORIZATION_FAILED);

        drain(new Cluster().alive(1, 2).led(0, LEAVING));

        assertThat(controller.asked()).hasSizeGreaterThan(5);
        assertThat(seconds.get()).isGreaterThanOrEqualTo(20);
    }
}
