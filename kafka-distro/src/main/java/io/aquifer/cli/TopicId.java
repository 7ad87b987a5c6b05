package io.aquifer.cli;

import io.aquifer.rebuild.KafkaIds;
import io.aquifer.wal.layout.LogId;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Ids in the form in which Kafka prints and reads them: 22 characters of URL-safe base 64. */
final class TopicId implements ITypeConverter<UUID> {

    @Override
    public UUID convert(String value) {
        try {
            return KafkaIds.toJava(Uuid.fromString(value));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    "'" + value + "' is no id as Kafka prints it (kafka-topics.sh --describe shows those of topics)");
        }
    }

    static String inKafkasForm(UUID id) {
        return KafkaIds.toKafka(id).toString();
    }

    /** 16 hexadecimal digits. */
    static String incarnation(LogId log) {
        return String.format("%016x", log.incarnation());
    }
}
