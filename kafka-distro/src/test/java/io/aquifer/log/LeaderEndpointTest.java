package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerEndpoint;
import org.apache.kafka.common.metadata.RegisterBrokerRecord.BrokerEndpointCollection;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.server.common.KRaftVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transaction coordinator hears of the leaders that it sends markers to. */
class LeaderEndpointTest {

    private static final String LISTENER = "PLAINTEXT";
    private static final int LED = 0;
    private static final int LEADERLESS = 1;

    @TempDir
    Path root;

    private final KRaftMetadataCache cache = new KRaftMetadataCache(1, () -> KRaftVersion.KRAFT_VERSION_1);

    @BeforeEach
    void publishMetadata() {
        Uuid topicId = Uuid.randomUuid();
        MetadataDelta delta =
                new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
        delta.replay(new RegisterBrokerRecord().setBrokerId(1).setEndPoints(endpoints()));
        delta.replay(new TopicRecord().setName("t").setTopicId(topicId));
        delta.replay(partition(topicId, LED, 1));
        delta.replay(partition(topicId, LEADERLESS, -1));
        cache.setImage(delta.apply(MetadataProvenance.EMPTY));
    }

    private static BrokerEndpointCollection endpoints() {
        return new BrokerEndpointCollection(
                List.of(new BrokerEndpoint().setName(LISTENER).setHost("broker").setPort(9092))
                        .iterator());
    }

    private static PartitionRecord partition(Uuid topicId, int partition, int leader) {
        return new PartitionRecord()
                .setTopicId(topicId)
                .setPartitionId(partition)
                .setReplicas(List.of(1))
                .setIsr(List.of(1))
                .setLeader(leader);
    }

    @Test
    void aPartitionWithoutALeaderIsNotTakenForDeleted() throws Exception {
        try (Broker running = new Broker(root).start()) {
            assertThat(running.isRunning()).isTrue();
            assertThat(leaderOf("t", LEADERLESS)).contains(Node.noNode());
            assertThat(leaderOf("t", LED)).map(Node::id).contains(1);
            assertThat(leaderOf("t", 2)).isEmpty();
            assertThat(leaderOf("deleted", 0)).isEmpty();
        }
    }

    @Test
    void withoutAquifersSettingsKafkaAnswersAsEver() {
        assertThat(leaderOf("t", LEADERLESS)).isEmpty();
        assertThat(leaderOf("t", LED)).isPresent();
    }

    private Optional<Node> leaderOf(String topic, int partition) {
        return cache.getPartitionLeaderEndpoint(topic, partition, new ListenerName(LISTENER));
    }
}
