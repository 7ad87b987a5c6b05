package io.aquifer.remote;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.Composites;
import io.aquifer.format.OpenedSegment;
import io.aquifer.format.SegmentContent;
import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SegmentResolver;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoreWait;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata.CustomMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;

/** Segments in a bucket. Failures are those of their causes; {@link S3RemoteStorageManager} says them in Kafka's words. */
final class SegmentStorage implements Closeable {

    private static final Duration FIRST_DELETION_DELAY = Duration.ofSeconds(1);
    private static final Duration MAX_DELETION_DELAY = Duration.ofMinutes(1);

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int chunkBytes;
    private final SegmentIndexes indexes;
    private final SegmentReads reads;
    private final BackgroundDeletions deletions;
    private final StorageMetrics metrics;

    /** Over {@code store}, which is closed with this, as are the reads, the deletions and the metrics. */
    SegmentStorage(
            ObjectStore store,
            ClusterKeys keys,
            int chunkBytes,
            SegmentIndexes indexes,
            SegmentReads reads,
            BackgroundDeletions deletions,
            StorageMetrics metrics) {
        this.store = store;
        this.keys = keys;
        this.chunkBytes = chunkBytes;
        this.indexes = indexes;
        this.reads = reads;
        this.deletions = deletions;
        this.metrics = metrics;
    }

    /**
     * The storage that the settings ask for, over a store that is open.
     *
     * @throws IOException if the journal of deletions can't be used
     */
    static SegmentStorage open(S3StorageConfig config, ObjectStore store) throws IOException {
        Path path = config.deletionsPath();
        ClusterKeys keys = config.keys();
        DeletionJournal journal = DeletionJournal.open(path);
        Composites composites = new Composites(store, keys);
        SegmentReads direct = new RangedReads(store, composites, config.getInt(S3StorageConfig.FETCH_BYTES_CONFIG));
        return new SegmentStorage(
                store,
                keys,
                config.getInt(S3StorageConfig.CHUNK_BYTES_CONFIG),
                new SegmentIndexes(
                        new SegmentResolver(store, keys), config.getLong(S3StorageConfig.INDEX_MEMORY_BYTES_CONFIG)),
                config.cache()
                        .<SegmentReads>map(cache -> new CachedReads(store, composites, cache, direct))
                        .orElse(direct),
                new BackgroundDeletions(store, journal, FIRST_DELETION_DELAY, MAX_DELETION_DELAY),
                new StorageMetrics(journal::size));
    }

    /** Uploads a segment, unless it is there already. */
    CustomMetadata copy(RemoteLogSegmentMetadata metadata, LogSegmentData data)
            throws IOException, RemoteStorageException {
        String key = keys.segment(SegmentNames.name(metadata));
        if (deletions.awaits(key)) {
            throw new RetriableRemoteStorageException("'" + key + "' is still being deleted from " + store.name());
        }
        try (SegmentFiles files = SegmentFiles.open(data, metadata.segmentSizeInBytes())) {
            SegmentContent content = new SegmentContent(SegmentNames.info(metadata), files.parts(), chunkBytes);
            long start = System.nanoTime();
            PutResult result = StoreWait.untilDone(store.uploadIfAbsent(key, content));
            if (result == PutResult.OTHER_EXISTS) {
                throw new RemoteStorageException("'" + key + "' in " + store.name() + " exists with other content than"
                        + " this broker's files of the segment have: it is left as it is. Compare the two; segment ids"
                        + " aren't used twice, so one of them is damaged");
            }
            metrics.copied(content.length(), System.nanoTime() - start);
            return new CustomMetadata(content.location().toBytes());
        }
    }

    /**
     * A stream of the data from one position to another.
     *
     * @param from position of the first byte
     * @param last position of the last byte, which may lie beyond the data
     */
    InputStream data(RemoteLogSegmentMetadata metadata, long from, long last)
            throws IOException, RemoteStorageException {
        try {
            return data(opened(metadata), metadata, from, last);
        } catch (ObjectNotFoundException e) {
            forget(metadata);
            return data(opened(metadata), metadata, from, last);
        }
    }

    private InputStream data(OpenedSegment segment, RemoteLogSegmentMetadata metadata, long from, long last)
            throws IOException, RemoteStorageException {
        long length = segment.dataLength();
        if (length != metadata.segmentSizeInBytes()) {
            throw new RemoteStorageException("'" + segment.key() + "' in " + store.name() + " holds " + length
                    + " bytes of data, the segment's metadata says " + metadata.segmentSizeInBytes());
        }
        if (from == 0 && length == 0) {
            return InputStream.nullInputStream();
        }
        if (from < 0 || from >= length || last < from) {
            throw new RemoteStorageException("No bytes from " + from + " to " + last + " in '" + segment.key() + "' in "
                    + store.name() + ", which holds " + length + " bytes of data");
        }
        return reads.open(segment, from, Math.min(last + 1, length));
    }

    /** All of a part that isn't the data. */
    InputStream part(RemoteLogSegmentMetadata metadata, SegmentPart part) throws IOException, RemoteStorageException {
        try {
            return part(opened(metadata), part);
        } catch (ObjectNotFoundException e) {
            forget(metadata);
            return part(opened(metadata), part);
        }
    }

    private InputStream part(OpenedSegment segment, SegmentPart part) throws IOException, RemoteStorageException {
        SegmentIndex index = segment.parts();
        String where = "'" + segment.key() + "' in " + store.name();
        if (!index.has(part)) {
            throw new RemoteResourceNotFoundException(where + " has no " + part);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(index.length(part)));
        if (bytes.hasRemaining()) {
            StoreWait.untilDone(store.get(segment.key(), index.offset(part), bytes));
            index.verify(part, 0, bytes, where);
        }
        return new ByteArrayInputStream(bytes.array());
    }

    private OpenedSegment opened(RemoteLogSegmentMetadata metadata) throws IOException, RemoteStorageException {
        SegmentName name = SegmentNames.name(metadata);
        String key = keys.segment(name);
        if (deletions.awaits(key)) {
            throw new RemoteResourceNotFoundException("'" + key + "' is being deleted from " + store.name());
        }
        return indexes.get(name, SegmentNames.location(metadata));
    }

    /** Promises that a segment will be deleted, whether it exists or not. */
    void delete(RemoteLogSegmentMetadata metadata) throws IOException {
        SegmentName name = SegmentNames.name(metadata);
        boolean onlyObject = SegmentNames.location(metadata)
                .map(location -> !location.composite())
                .orElse(false);
        if (!onlyObject) {
            deletions.promise(keys.composite(name));
        }
        deletions.promise(keys.segment(name));
        forget(metadata);
    }

    /** What was opened may have been deleted, or be a composite that was rewritten. */
    private void forget(RemoteLogSegmentMetadata metadata) {
        SegmentName name = SegmentNames.name(metadata);
        indexes.forget(name);
        reads.forget(keys.segment(name));
        reads.forget(keys.composite(name));
    }

    @Override
    public void close() throws IOException {
        try (metrics;
                store;
                reads) {
            deletions.close();
        }
    }
}
