package io.aquifer.sim;

import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoredObject;
import io.aquifer.object.UnfinishedUpload;
import io.aquifer.object.UnfinishedUploadPage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store that has read some of what it is to create when the call is made, as one does that copies small objects: such a
 * request takes effect even after the process that sent it has died.
 */
final class SentStore implements ObjectStore {

    private final ObjectStore store;
    private final RandomGenerator random;
    private boolean dead;

    SentStore(ObjectStore store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    /** The process dies: what hasn't been read can't be sent any more. */
    void die() {
        dead = true;
    }

    /** Content that is read when it is sent. */
    private final class Unsent implements ObjectContent {
        private final ObjectContent content;

        private Unsent(ObjectContent content) {
            this.content = content;
        }

        @Override
        public long length() {
            return content.length();
        }

        @Override
        public void read(long position, ByteBuffer target) throws IOException {
            if (dead) {
                throw new IOException("the process is dead");
            }
            content.read(position, target);
        }
    }

    @Override
    public CompletableFuture<PutResult> uploadIfAbsent(String key, ObjectContent content) {
        if (random.nextInt(3) == 0) {
            return store.uploadIfAbsent(key, new Unsent(content));
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(content.length()));
        try {
            content.read(0, bytes);
        } catch (IOException e) {
            throw new AssertionError("what is to be uploaded can't be read", e);
        }
        return store.uploadIfAbsent(key, ObjectContent.of(bytes.flip()));
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public CompletableFuture<PutResult> putIfAbsent(String key, ByteBuffer content) {
        return store.putIfAbsent(key, content);
    }

    @Override
    public CompletableFuture<ObjectRange> get(String key, long offset, ByteBuffer target) {
        return store.get(key, offset, target);
    }

    @Override
    public CompletableFuture<ObjectRange> getTail(String key, ByteBuffer target) {
        return store.getTail(key, target);
    }

    @Override
    public CompletableFuture<StoredObject> head(String key) {
        return store.head(key);
    }

    @Override
    public CompletableFuture<ObjectPage> list(String prefix, @Nullable String startAfter, int maxKeys) {
        return store.list(prefix, startAfter, maxKeys);
    }

    @Override
    public CompletableFuture<Void> delete(Collection<String> keys) {
        return store.delete(keys);
    }

    @Override
    public CompletableFuture<UnfinishedUploadPage> listUnfinishedUploads(
            String prefix, @Nullable UnfinishedUpload after) {
        return store.listUnfinishedUploads(prefix, after);
    }

    @Override
    public CompletableFuture<Void> abortUpload(UnfinishedUpload upload) {
        return store.abortUpload(upload);
    }

    @Override
    public void close() {
        store.close();
    }
}
