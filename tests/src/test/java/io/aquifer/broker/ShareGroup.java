package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A share group of one (KIP-932). What it has acknowledged, and was told so, it is never to be given again. */
final class ShareGroup extends Worker {

    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final String topic;
    private final String group;
    private final Map<Integer, BitSet> read = new ConcurrentHashMap<>();
    private final Map<Integer, BitSet> acknowledged = new ConcurrentHashMap<>();

    ShareGroup(String bootstrap, String topic, String group) {
        super(group);
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.group = group;
    }

    /** Makes the group begin at the beginning. */
    void create(Admin admin) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.GROUP, group),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    /** The first offset of a partition that it was never given. */
    int firstUnread(int partition) {
        BitSet offsets = of(partition, read);
        synchronized (offsets) {
            return offsets.nextClearBit(0);
        }
    }

    @Override
    void work() {
        try (KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(config())) {
            consumer.subscribe(List.of(topic));
            while (!isStopping()) {
                ConsumerRecords<byte[], byte[]> given = consumer.poll(POLL);
                if (!given.isEmpty()) {
                    given.forEach(record -> {
                        take(record);
                        consumer.acknowledge(record);
                    });
                    note(given, consumer.commitSync());
                    oneMoreDone();
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        int offset = (int) record.offset();
        assertThat(of(record.partition(), acknowledged).get(offset))
                .as("%s-%d at %d was acknowledged before", topic, record.partition(), offset)
                .isFalse();
        BitSet offsets = of(record.partition(), read);
        synchronized (offsets) {
            offsets.set(offset);
        }
    }

    private void note(ConsumerRecords<byte[], byte[]> given, Map<TopicIdPartition, Optional<KafkaException>> outcomes) {
        outcomes.forEach((partition, failure) -> {
            if (failure.isEmpty()) {
                BitSet offsets = of(partition.partition(), acknowledged);
                given.records(partition.topicPartition()).forEach(record -> offsets.set((int) record.offset()));
            }
        });
    }

    private static BitSet of(int partition, Map<Integer, BitSet> offsets) {
        return offsets.computeIfAbsent(partition, key -> new BitSet());
    }

    private Map<String, Object> config() {
        return client(
                bootstrap,
                Map.of(
                        "group.id",
                        group,
                        "share.acknowledgement.mode",
                        "explicit",
                        "key.deserializer",
                        ByteArrayDeserializer.class,
                        "value.deserializer",
                        ByteArrayDeserializer.class));
    }
}
