package io.aquifer.remote;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.SegmentContent;
import io.aquifer.format.SegmentPart;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentId;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;

/** Brokers over one simulated bucket, each with a metadata manager and a store of its own, on one clock. */
final class MetadataFixture {

    static final TopicIdPartition PARTITION = new TopicIdPartition(new Uuid(1, 2), 3, "topic");
    static final int SIZE = 4096;
    private static final ClusterKeys KEYS = ClusterKeys.of("prefix", "cluster");

    final SimulatedBucket bucket = new SimulatedBucket();
    final SimulatedClock clock;

    private final Path disks;

    MetadataFixture(SimulatedClock clock) {
        this.clock = clock;
        try {
            disks = Files.createTempDirectory(Path.of("target"), "metadata");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A broker. */
    final class Broker {
        final SimulatedObjectStore store;
        /** What the store answers otherwise, by the name of the method. */
        Function<String, CompletableFuture<?>> answers = called -> null;

        final S3RemoteLogMetadataManager manager;

        private Broker(int id, Duration latency, Map<String, Object> more) {
            store = new SimulatedObjectStore(clock, bucket, id);
            store.latency(latency);
            manager = new S3RemoteLogMetadataManager(
                    () -> {},
                    config -> Stores.answering(store, called -> answers.apply(called)),
                    new ClockTimer(clock));
            Map<String, Object> settings = new HashMap<>(Map.of(
                    "aquifer.s3.bucket", "bucket",
                    "aquifer.s3.prefix", "prefix",
                    "aquifer.cluster.id", "cluster",
                    "log.dir", disk(id),
                    "broker.id", id));
            settings.putAll(more);
            manager.configure(settings);
        }

        /** Leads the partition, under an epoch that Kafka asks about. */
        Broker lead(int epoch) throws RemoteStorageException {
            manager.onPartitionLeadershipChanges(Set.of(PARTITION), Set.of());
            settle();
            manager.highestOffsetForEpoch(PARTITION, epoch);
            settle();
            return this;
        }

        Broker follow() {
            manager.onPartitionLeadershipChanges(Set.of(), Set.of(PARTITION));
            settle();
            return this;
        }

        /** Copies a segment: its object too. */
        RemoteLogSegmentMetadata copy(RemoteLogSegmentMetadata segment) throws RemoteStorageException {
            done(manager.addRemoteLogSegmentMetadata(segment));
            upload(segment);
            done(update(segment, RemoteLogSegmentState.COPY_SEGMENT_FINISHED));
            settle();
            return finished(segment);
        }

        CompletableFuture<Void> update(RemoteLogSegmentMetadata segment, RemoteLogSegmentState state)
                throws RemoteStorageException {
            return manager.updateRemoteLogSegmentMetadata(new RemoteLogSegmentMetadataUpdate(
                    segment.remoteLogSegmentId(), 3_000, segment.customMetadata(), state, 1));
        }

        /** Deletes a segment: its object too. */
        void delete(RemoteLogSegmentMetadata segment) throws RemoteStorageException {
            done(update(segment, RemoteLogSegmentState.DELETE_SEGMENT_STARTED));
            bucket.remove(key(segment));
            done(update(segment, RemoteLogSegmentState.DELETE_SEGMENT_FINISHED));
        }

        List<Uuid> list() throws RemoteStorageException {
            return ids(manager.listRemoteLogSegments(PARTITION));
        }

        List<Uuid> list(int epoch) throws RemoteStorageException {
            return ids(manager.listRemoteLogSegments(PARTITION, epoch));
        }

        Optional<Uuid> find(int epoch, long offset) throws RemoteStorageException {
            return manager.remoteLogSegmentMetadata(PARTITION, epoch, offset)
                    .map(found -> found.remoteLogSegmentId().id());
        }

        long calls(SimulatedCall.Kind kind) {
            return store.calls().stream().filter(call -> call.kind() == kind).count();
        }
    }

    /** What partitions share, over a store of their own. */
    MetadataContext context() {
        try {
            return MetadataContext.of(
                    new SimulatedObjectStore(clock, bucket, 0),
                    KEYS,
                    0,
                    1,
                    DeletionJournal.open(Path.of(disk(0), "deletions")),
                    new ClockTimer(clock));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String disk(int broker) {
        try {
            return Files.createDirectories(disks.resolve("broker-" + broker)).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A broker, or the next process of one that there was: its disk is the same. */
    Broker broker(int id) {
        return broker(id, Duration.ofMillis(20), Map.of());
    }

    Broker broker(int id, Duration latency, Map<String, Object> more) {
        return new Broker(id, latency, more);
    }

    /** Lets pass what takes less than a second. */
    void settle() {
        pass(Duration.ofMillis(900));
    }

    void pass(Duration time) {
        clock.advance(time);
    }

    /** What a call that was made completes with. */
    <T> T done(CompletableFuture<T> future) {
        return clock.await(future);
    }

    /** A segment whose copy begins. */
    static RemoteLogSegmentMetadata segment(long base, long end, Map<Integer, Long> epochs) {
        return segment(PARTITION, base, end, epochs);
    }

    static RemoteLogSegmentMetadata segment(
            TopicIdPartition partition, long base, long end, Map<Integer, Long> epochs) {
        return new RemoteLogSegmentMetadata(
                new RemoteLogSegmentId(partition, Uuid.randomUuid()), base, end, 1_000, 1, 2_000, SIZE, epochs, true);
    }

    static RemoteLogSegmentMetadata finished(RemoteLogSegmentMetadata segment) {
        return segment.createWithUpdates(new RemoteLogSegmentMetadataUpdate(
                segment.remoteLogSegmentId(),
                3_000,
                segment.customMetadata(),
                RemoteLogSegmentState.COPY_SEGMENT_FINISHED,
                1));
    }

    static Uuid id(RemoteLogSegmentMetadata segment) {
        return segment.remoteLogSegmentId().id();
    }

    private static List<Uuid> ids(Iterator<RemoteLogSegmentMetadata> segments) {
        return Stream.iterate(segments, Iterator::hasNext, each -> each)
                .map(each -> id(each.next()))
                .toList();
    }

    /** Puts a segment's object into the bucket. */
    void upload(RemoteLogSegmentMetadata segment) {
        Map<SegmentPart, ObjectContent> parts = new EnumMap<>(SegmentPart.class);
        for (SegmentPart part : SegmentPart.values()) {
            if (part != SegmentPart.TRANSACTION_INDEX) {
                parts.put(part, ObjectContent.of(ByteBuffer.allocate(part == SegmentPart.DATA ? SIZE : 8)));
            }
        }
        SegmentContent content = new SegmentContent(SegmentNames.info(segment), parts, SIZE);
        ByteBuffer bytes = ByteBuffer.allocate((int) content.length());
        try {
            content.read(0, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bucket.create(key(segment), bytes.array(), Instant.EPOCH);
    }

    static String key(RemoteLogSegmentMetadata segment) {
        return KEYS.segment(SegmentNames.name(segment));
    }

    /** Keys of the partition's snapshots, in their order. */
    List<String> snapshots() {
        String place = KEYS.snapshotsOf(SegmentRecords.uuid(PARTITION.topicId()), PARTITION.partition());
        return bucket.keys().stream()
                .filter(key -> key.startsWith(place))
                .sorted()
                .toList();
    }

    String newestSnapshot() {
        List<String> all = snapshots();
        return all.get(all.size() - 1);
    }

    private record ClockTimer(SimulatedClock clock) implements MetadataTimer {
        @Override
        public void after(Duration delay, Runnable task) {
            clock.schedule(delay, task);
        }

        @Override
        public long nanoTime() {
            return Duration.between(Instant.EPOCH, clock.now()).toNanos();
        }

        @Override
        public void close() {}
    }
}
