package io.aquifer.cache;

import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoredObject;
import io.aquifer.object.UnfinishedUpload;
import io.aquifer.object.UnfinishedUploadPage;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store of {@link Content} whose ranged gets complete when they are told to. It does nothing else. */
final class ManualStore implements ObjectStore {

    private final List<Get> gets = new CopyOnWriteArrayList<>();
    private volatile Consumer<Get> onGet = get -> {};

    /** A get, while its future isn't completed and afterwards. */
    static final class Get {
        final String key;
        final long offset;
        final CompletableFuture<ObjectRange> future = new Cancellable();
        private final ByteBuffer target;

        private Get(String key, long offset, ByteBuffer target) {
            this.key = key;
            this.offset = offset;
            this.target = target;
        }

        /** Delivers the content, unless the get was cancelled. */
        void complete() {
            write(Content.of(key, offset, offset + target.remaining()));
            succeed();
        }

        /** Delivers something else, unless the get was cancelled. */
        void completeDamaged() {
            write(new byte[] {(byte) ~Content.at(key, offset)});
            succeed();
        }

        /** Once the future is done, memory isn't touched. */
        private synchronized void write(byte[] bytes) {
            if (!future.isDone()) {
                target.duplicate().put(bytes);
            }
        }

        /** Delivers whatever the memory holds. */
        void succeed() {
            future.complete(new ObjectRange(offset, target.remaining(), Long.MAX_VALUE));
        }

        void fail(Throwable cause) {
            future.completeExceptionally(cause);
        }

        int length() {
            return target.remaining();
        }

        private final class Cancellable extends CompletableFuture<ObjectRange> {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                synchronized (Get.this) {
                    return super.cancel(mayInterruptIfRunning);
                }
            }
        }
    }

    /** What is done with each further get, before it is returned. */
    void onGet(Consumer<Get> action) {
        onGet = action;
    }

    List<Get> gets() {
        return gets;
    }

    Get get(int number) {
        Eventually.eventually("get " + number, () -> gets.size() > number);
        return gets.get(number);
    }

    /** Offsets asked for so far. */
    List<Long> offsets() {
        return gets.stream().map(get -> get.offset).toList();
    }

    @Override
    public CompletableFuture<ObjectRange> get(String key, long offset, ByteBuffer target) {
        Get get = new Get(key, offset, target);
        gets.add(get);
        onGet.accept(get);
        return get.future;
    }

    @Override
    public String name() {
        return "manual store";
    }

    @Override
    public CompletableFuture<PutResult> putIfAbsent(String key, ByteBuffer content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<PutResult> uploadIfAbsent(String key, ObjectContent content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ObjectRange> getTail(String key, ByteBuffer target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<StoredObject> head(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ObjectPage> list(String prefix, @Nullable String startAfter, int maxKeys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> delete(Collection<String> keys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<UnfinishedUploadPage> listUnfinishedUploads(
            String prefix, @Nullable UnfinishedUpload after) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> abortUpload(UnfinishedUpload upload) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
