package io.aquifer.rebuild;

import java.util.UUID;
import org.apache.kafka.common.Uuid;

/** Turns Kafka's ids of topics and directories into Java's type and back: the same 16 bytes. */
public final class KafkaIds {

    private KafkaIds() {}

    public static UUID toJava(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    public static Uuid toKafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
