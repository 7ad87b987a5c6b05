package io.aquifer.coverage;

import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoredObject;
import io.aquifer.object.UnfinishedUpload;
import io.aquifer.object.UnfinishedUploadPage;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A store whose every call waits for its turn, and then happens as the turn says. */
final class SteppedStore implements ObjectStore {

    /** Whose turn it is, and how it goes. */
    interface Turn {
        /** Waits until the next call may happen. Throws when it never will. */
        SimulatedFault await();
    }

    private final SimulatedObjectStore store;
    private final Turn turn;

    SteppedStore(SimulatedObjectStore store, Turn turn) {
        this.store = store;
        this.turn = turn;
    }

    private <T> T step(Supplier<T> call) {
        SimulatedFault fault = turn.await();
        if (fault != SimulatedFault.NONE) {
            store.faults().next(any -> true, fault);
        }
        return call.get();
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public CompletableFuture<PutResult> putIfAbsent(String key, ByteBuffer content) {
        return step(() -> store.putIfAbsent(key, content));
    }

    @Override
    public CompletableFuture<PutResult> uploadIfAbsent(String key, ObjectContent content) {
        return step(() -> store.uploadIfAbsent(key, content));
    }

    @Override
    public CompletableFuture<ObjectRange> get(String key, long offset, ByteBuffer target) {
        return step(() -> store.get(key, offset, target));
    }

    @Override
    public CompletableFuture<ObjectRange> getTail(String key, ByteBuffer target) {
        return step(() -> store.getTail(key, target));
    }

    @Override
    public CompletableFuture<StoredObject> head(String key) {
        return step(() -> store.head(key));
    }

    @Override
    public CompletableFuture<ObjectPage> list(String prefix, String startAfter, int maxKeys) {
        return step(() -> store.list(prefix, startAfter, maxKeys));
    }

    @Override
    public CompletableFuture<Void> delete(Collection<String> keys) {
        return step(() -> store.delete(keys));
    }

    @Override
    public CompletableFuture<UnfinishedUploadPage> listUnfinishedUploads(String prefix, UnfinishedUpload after) {
        return step(() -> store.listUnfinishedUploads(prefix, after));
    }

    @Override
    public CompletableFuture<Void> abortUpload(UnfinishedUpload upload) {
        return step(() -> store.abortUpload(upload));
    }

    @Override
    public void close() {}
}
