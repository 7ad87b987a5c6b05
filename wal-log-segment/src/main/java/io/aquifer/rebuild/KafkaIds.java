package io.aquifer.rebuild;

import java.io.File;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;

/** Turns Kafka's ids of topics and directories into Java's type and back: the same 16 bytes. */
public final class KafkaIds {

    private KafkaIds() {}

    public static UUID toJava(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    public static Uuid toKafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** The id of the topic that a log's directory is of, if it says so. */
    public static Optional<UUID> topicIdOf(File dir) {
        PartitionMetadataFile file =
                new PartitionMetadataFile(PartitionMetadataFile.newFile(dir), new LogDirFailureChannel(1));
        return file.exists() ? Optional.of(toJava(file.read().topicId())) : Optional.empty();
    }
}
