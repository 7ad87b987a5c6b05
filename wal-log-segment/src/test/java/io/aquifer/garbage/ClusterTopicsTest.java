package io.aquifer.garbage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.controller.CommittedMetadata;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.junit.jupiter.api.Test;

class ClusterTopicsTest {

    private static final Duration PATIENCE = Duration.ofMillis(200);

    @Test
    void theTopicsOfAnImageThatHasAllThatIsCommittedAreTheTopicsOfTheCluster() throws IOException {
        MetadataImage newest = image(41, new Uuid(1, 2), new Uuid(3, 4));

        assertThat(new ClusterTopics(() -> newest, () -> 42, PATIENCE).ids())
                .containsExactlyInAnyOrder(new UUID(1, 2), new UUID(3, 4));
    }

    @Test
    void anImageThatLacksARecordIsWaitedFor() throws IOException {
        Deque<MetadataImage> images = new ArrayDeque<>(List.of(
                image(39, new Uuid(1, 2)), image(40, new Uuid(1, 2)), image(41, new Uuid(1, 2), new Uuid(3, 4))));
        ClusterTopics topics =
                new ClusterTopics(() -> images.size() > 1 ? images.remove() : images.getFirst(), () -> 42, PATIENCE);

        assertThat(topics.ids()).contains(new UUID(3, 4));
    }

    @Test
    void nothingIsSaidOfAnImageThatStaysOld() {
        MetadataImage old = image(40, new Uuid(1, 2));

        assertThatThrownBy(() -> new ClusterTopics(() -> old, () -> 42, PATIENCE).ids())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("goes to offset 40")
                .hasMessageContaining("41");
    }

    @Test
    void nothingIsSaidWhenTheControllerSaysNothing() {
        MetadataImage newest = image(41, new Uuid(1, 2));
        CommittedMetadata silent = () -> {
            throw new IOException("away");
        };

        assertThatThrownBy(() -> new ClusterTopics(() -> newest, silent, PATIENCE).ids())
                .isInstanceOf(IOException.class)
                .hasMessage("away");
    }

    @Test
    void whatIsCommittedIsAskedBeforeTheImageIsTaken() throws IOException {
        MetadataImage[] newest = {image(40)};
        CommittedMetadata controller = () -> {
            newest[0] = image(41, new Uuid(5, 6));
            return 42;
        };

        assertThat(new ClusterTopics(() -> newest[0], controller, PATIENCE).ids())
                .containsExactly(new UUID(5, 6));
    }

    private static MetadataImage image(long offset, Uuid... topics) {
        MetadataDelta delta = new MetadataDelta.Builder().build();
        for (Uuid topic : topics) {
            delta.replay(new TopicRecord().setName("topic-" + topic).setTopicId(topic));
        }
        return delta.apply(new MetadataProvenance(offset, 1, 0, true));
    }
}
