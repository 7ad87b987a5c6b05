package io.aquifer.garbage;

import io.aquifer.controller.CommittedMetadata;
import io.aquifer.coverage.LiveTopics;
import io.aquifer.rebuild.KafkaIds;
import io.aquifer.rebuild.MetadataWait;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.image.MetadataImage;

/**
 * The topics in the broker's own image of the metadata, which is believed once it has reached what was committed when it was
 * asked for. A broker may lag behind its controllers for as long as it likes: an image that is old doesn't know the newest
 * topics, and would make them look deleted.
 *
 * <p>Whoever finds objects of a topic and asks then gets an answer that has this topic, unless it was deleted: it was committed
 * before any broker made a log for it.
 */
final class ClusterTopics implements LiveTopics {

    private final Supplier<MetadataImage> image;
    private final CommittedMetadata committed;
    private final Duration patience;

    /**
     * @param image the newest that the broker has
     * @param patience how long is waited for the image
     */
    ClusterTopics(Supplier<MetadataImage> image, CommittedMetadata committed, Duration patience) {
        this.image = image;
        this.committed = committed;
        this.patience = patience;
    }

    @Override
    public Set<UUID> ids() throws IOException {
        long end = committed.end();
        MetadataImage newest = MetadataWait.until(reached -> reached.offset() + 1 >= end, image, patience);
        if (newest.offset() + 1 < end) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("Interrupted while waiting for the newest metadata");
            }
            throw new IOException(
                    "This broker's metadata goes to offset " + newest.offset() + " and the controller's to "
                            + (end - 1) + ", for " + patience.toMillis()
                            + " ms already. See in this broker's log why it can't follow the controllers");
        }
        Set<UUID> ids = new HashSet<>();
        for (Uuid id : newest.topics().topicsById().keySet()) {
            ids.add(KafkaIds.toJava(id));
        }
        return ids;
    }
}
