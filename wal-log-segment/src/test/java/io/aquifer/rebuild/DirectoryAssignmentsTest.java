package io.aquifer.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.layout.LogId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.junit.jupiter.api.Test;

class DirectoryAssignmentsTest {

    private static final int NODE = 7;
    private static final UUID TOPIC = new UUID(1, 2);
    private static final LogId LOG = new LogId(TOPIC, 0, 5);
    private static final UUID DIRECTORY = new UUID(3, 4);
    private static final UUID GONE = new UUID(5, 6);
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final Deque<MetadataImage> images = new ArrayDeque<>();

    private void await(Duration patience) {
        new DirectoryAssignments(
                        () -> images.size() > 1 ? images.remove() : images.getFirst(), NODE, List.of(DIRECTORY))
                .await(List.of(LOG), patience);
    }

    @Test
    void aLogThatTheControllersHaveInADirectoryThatIsGoneIsWaitedFor() {
        images.add(image(NODE, KafkaIds.toKafka(GONE)));
        images.add(image(NODE, KafkaIds.toKafka(GONE)));
        images.add(image(NODE, KafkaIds.toKafka(DIRECTORY)));

        await(FOR_EVER);

        assertThat(images).hasSize(1);
    }

    @Test
    void aLogThatWasLostIsWaitedFor() {
        images.add(image(NODE, DirectoryId.LOST));
        images.add(image(NODE, KafkaIds.toKafka(DIRECTORY)));

        await(FOR_EVER);

        assertThat(images).hasSize(1);
    }

    @Test
    void nothingIsWaitedForWhereADirectoryIsKnownOrNoneWasAssigned() {
        images.add(image(NODE, KafkaIds.toKafka(DIRECTORY)));
        await(FOR_EVER);

        images.clear();
        images.add(image(NODE, DirectoryId.UNASSIGNED));
        await(FOR_EVER);
    }

    @Test
    void aLogOfADeletedTopicOrOfAnotherBrokerIsNotWaitedFor() {
        images.add(MetadataImage.EMPTY);
        await(FOR_EVER);

        images.clear();
        images.add(image(NODE + 1, KafkaIds.toKafka(GONE)));
        await(FOR_EVER);
    }

    @Test
    void theBrokerGoesOnWhenNobodyAnswers() {
        images.add(image(NODE, KafkaIds.toKafka(GONE)));

        await(Duration.ofMillis(1));

        assertThat(images).hasSize(1);
    }

    private static MetadataImage image(int replica, Uuid directory) {
        MetadataDelta delta = new MetadataDelta.Builder().build();
        delta.replay(new TopicRecord().setName("topic").setTopicId(KafkaIds.toKafka(TOPIC)));
        delta.replay(new PartitionRecord()
                .setTopicId(KafkaIds.toKafka(TOPIC))
                .setPartitionId(LOG.partition())
                .setReplicas(List.of(replica))
                .setIsr(List.of(replica))
                .setLeader(replica)
                .setDirectories(List.of(directory)));
        return delta.apply(new MetadataProvenance(1, 1, 0, true));
    }
}
