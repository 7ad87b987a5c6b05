package io.aquifer.remote;

import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Storage managers over a simulated bucket. */
abstract class S3StorageFixture {

    static final int CHUNK = 4096;
    static final int FETCH = 1 << 16;

    @TempDir
    Path folder;

    final SimulatedObjectStore bucket = SimulatedObjectStore.eager();
    private final List<S3RemoteStorageManager> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        boolean interrupted = Thread.interrupted();
        for (S3RemoteStorageManager manager : opened) {
            manager.close();
        }
        if (interrupted) {
            throw new AssertionError("A test left its thread interrupted");
        }
    }

    S3RemoteStorageManager manager() {
        return manager(bucket);
    }

    S3RemoteStorageManager manager(ObjectStore store) {
        S3RemoteStorageManager manager = new S3RemoteStorageManager(() -> {}, config -> unclosed(store));
        manager.configure(settings());
        opened.add(manager);
        return manager;
    }

    /** The bucket outlives the managers. */
    static ObjectStore unclosed(ObjectStore store) {
        CompletableFuture<?> closed = CompletableFuture.completedFuture(null);
        return Stores.answering(store, called -> called.equals("close") ? closed : null);
    }

    /** Those of every test: without a cache, so that what a store does is seen. */
    Map<String, Object> settings() {
        return Map.of(
                "aquifer.s3.cache.bytes",
                0,
                "aquifer.s3.bucket",
                "bucket",
                "aquifer.s3.prefix",
                "prefix",
                "aquifer.cluster.id",
                "cluster",
                "aquifer.deletions.path",
                folder.resolve("deletions").toString(),
                "aquifer.s3.chunk.bytes",
                CHUNK,
                "aquifer.s3.fetch.bytes",
                FETCH,
                "broker.id",
                1);
    }

    LocalSegment segment(int length) throws IOException {
        return LocalSegment.create(folder, length, true);
    }

    /** A segment's metadata after it has been copied. */
    RemoteLogSegmentMetadata copy(S3RemoteStorageManager manager, LocalSegment segment) throws RemoteStorageException {
        return segment.copied(manager.copyLogSegmentData(segment.metadata(), segment.files()));
    }

    /** The same without custom metadata. */
    static RemoteLogSegmentMetadata withoutCustomMetadata(LocalSegment segment) {
        return segment.copied(Optional.empty());
    }

    long calls(SimulatedCall.Kind kind) {
        return bucket.calls().stream().filter(call -> call.kind() == kind).count();
    }

    String onlyKey() {
        return bucket.bucket().keys().iterator().next();
    }
}
