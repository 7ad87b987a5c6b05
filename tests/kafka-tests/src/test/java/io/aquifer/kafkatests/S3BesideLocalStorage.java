package io.aquifer.kafkatests;

import io.aquifer.remote.S3RemoteStorageManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.ClassLoaderAwareRemoteStorageManager;
import org.apache.kafka.server.log.remote.storage.LocalTieredStorage;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata.CustomMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager;

/**
 * The storage manager that Kafka's tests look for, with one that keeps everything in S3 beside it. Both are told of every
 * copy and every deletion. What a broker reads comes from S3 and is compared with what the other one has.
 *
 * <p>A segment is gone from the local storage before its deletion from S3 begins.
 */
public final class S3BesideLocalStorage extends ClassLoaderAwareRemoteStorageManager {

    private final TierOfTest tier = TierPerTest.tier();
    private final S3RemoteStorageManager s3 = new S3RemoteStorageManager();
    private volatile boolean closed;

    public S3BesideLocalStorage() {
        super(new LocalTieredStorage(), S3BesideLocalStorage.class.getClassLoader());
    }

    @Override
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        s3.configure(tier.settings((Integer) configs.get(LocalTieredStorage.BROKER_ID)));
    }

    @Override
    public Optional<CustomMetadata> copyLogSegmentData(RemoteLogSegmentMetadata metadata, LogSegmentData data)
            throws RemoteStorageException {
        Uuid id = id(metadata);
        tier.copying(id);
        Optional<CustomMetadata> custom;
        try {
            custom = s3.copyLogSegmentData(metadata, data);
        } catch (RemoteStorageException e) {
            throw failed("copy of " + metadata, e);
        }
        super.copyLogSegmentData(metadata, data);
        tier.copied(id);
        return custom;
    }

    @Override
    public InputStream fetchLogSegment(RemoteLogSegmentMetadata metadata, int from) throws RemoteStorageException {
        return data(metadata, from, metadata.segmentSizeInBytes(), manager -> manager.fetchLogSegment(metadata, from));
    }

    @Override
    public InputStream fetchLogSegment(RemoteLogSegmentMetadata metadata, int from, int last)
            throws RemoteStorageException {
        int end = Math.min(last, metadata.segmentSizeInBytes() - 1) + 1;
        return data(metadata, from, end, manager -> manager.fetchLogSegment(metadata, from, last));
    }

    private InputStream data(RemoteLogSegmentMetadata metadata, int from, int end, Fetch fetch)
            throws RemoteStorageException {
        String what = "bytes " + from + " to " + end + " of " + metadata;
        InputStream local = fetch.from(delegate());
        return compared(what, id(metadata), local, end - from, fetch);
    }

    @Override
    public InputStream fetchIndex(RemoteLogSegmentMetadata metadata, IndexType type) throws RemoteStorageException {
        String what = type + " of " + metadata;
        Fetch fetch = manager -> manager.fetchIndex(metadata, type);
        byte[] local;
        try (InputStream stream = fetch.from(delegate())) {
            local = stream.readAllBytes();
        } catch (RemoteResourceNotFoundException absent) {
            requireAbsent(what, id(metadata), fetch);
            throw absent;
        } catch (IOException e) {
            throw new RemoteStorageException(what, e);
        }
        return compared(what, id(metadata), new ByteArrayInputStream(local), local.length, fetch);
    }

    private InputStream compared(String what, Uuid segment, InputStream local, long length, Fetch fetch)
            throws RemoteStorageException {
        try {
            InputStream stream = fetch.from(s3);
            tier.read();
            return new ComparedInputStream(stream, local, length, text -> tier.trouble(what + " " + text));
        } catch (RemoteResourceNotFoundException e) {
            if (tier.keeps(segment)) {
                throw failed(what, e);
            }
            throw e;
        } catch (RemoteStorageException e) {
            throw failed(what, e);
        }
    }

    /** Of a segment that is kept, what one storage lacks the other must lack as well. */
    private void requireAbsent(String what, Uuid segment, Fetch fetch) throws RemoteStorageException {
        boolean kept = tier.keeps(segment);
        try (InputStream stream = fetch.from(s3)) {
            if (kept && tier.keeps(segment)) {
                tier.trouble(what + " should not be there, and has " + stream.readAllBytes().length + " bytes");
            }
        } catch (RemoteResourceNotFoundException e) {
            return;
        } catch (RemoteStorageException e) {
            throw failed(what, e);
        } catch (IOException e) {
            throw failed(what, new RemoteStorageException(what, e));
        }
    }

    @Override
    public void deleteLogSegmentData(RemoteLogSegmentMetadata metadata) throws RemoteStorageException {
        Uuid id = id(metadata);
        tier.deleting(id);
        try {
            super.deleteLogSegmentData(metadata);
        } finally {
            deleteFromS3(metadata);
        }
        tier.deleted(id);
    }

    private void deleteFromS3(RemoteLogSegmentMetadata metadata) throws RemoteStorageException {
        try {
            s3.deleteLogSegmentData(metadata);
        } catch (RemoteStorageException e) {
            throw failed("deletion of " + metadata, e);
        }
    }

    /** A storage manager may fail a broker that stops, and no other. */
    private RemoteStorageException failed(String what, RemoteStorageException e) {
        if (!closed && !Thread.currentThread().isInterrupted()) {
            tier.trouble(what + " failed: " + e);
        }
        return e;
    }

    private static Uuid id(RemoteLogSegmentMetadata metadata) {
        return metadata.remoteLogSegmentId().id();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            s3.close();
        } finally {
            super.close();
        }
    }

    /** One read, of whichever storage. */
    private interface Fetch {
        InputStream from(RemoteStorageManager manager) throws RemoteStorageException;
    }
}
