package io.aquifer.log;

import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** Decides which logs are to be shared. */
@FunctionalInterface
public interface SharingPolicy {

    /**
     * The id of the topic by which the WAL is to know {@code log}, empty if the log is not to be shared as its topic's
     * settings are now.
     */
    Optional<Uuid> topicIdIfShared(UnifiedLog log);

    /** Whether a topic's logs can be shared at all, whatever its settings become. */
    default boolean everShares(String topic) {
        return true;
    }

    /**
     * Shares the logs that Kafka tiers if their topics are in one filter, and those that it doesn't tier if they are in
     * another.
     *
     * @param tiered topics that are shared while their remote.storage.enable is true
     * @param internal whether Kafka's internal topics are shared
     * @param untiered topics that are shared while Kafka doesn't tier them
     */
    static SharingPolicy topics(TopicFilter tiered, boolean internal, TopicFilter untiered) {
        return new SharingPolicy() {
            @Override
            public Optional<Uuid> topicIdIfShared(UnifiedLog log) {
                String topic = log.topicPartition().topic();
                boolean shared = log.remoteLogEnabled() ? tiered.matches(topic) : mayBeUntiered(topic);
                return shared ? log.topicId() : Optional.empty();
            }

            @Override
            public boolean everShares(String topic) {
                return !Topic.isInternal(topic) || mayBeUntiered(topic);
            }

            private boolean mayBeUntiered(String topic) {
                return (internal && Topic.isInternal(topic)) || untiered.matches(topic);
            }
        };
    }
}
