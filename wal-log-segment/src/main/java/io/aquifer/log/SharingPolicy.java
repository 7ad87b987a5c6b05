package io.aquifer.log;

import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** Decides which logs are to be shared. */
@FunctionalInterface
public interface SharingPolicy {

    /**
     * The id of the topic by which the WAL is to know {@code log}, empty if the log is not to be shared as its topic's
     * settings are now.
     */
    Optional<Uuid> topicIdIfShared(UnifiedLog log);

    /** Shares the logs of topics with remote.storage.enable=true whose names are in the filter. */
    static SharingPolicy remoteStorageTopics(TopicFilter filter) {
        return log ->
                log.remoteLogEnabled() && filter.matches(log.topicPartition().topic())
                        ? log.topicId()
                        : Optional.empty();
    }
}
