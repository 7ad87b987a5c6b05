package io.aquifer.object;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Lists all that is under a prefix, page after page. */
public final class Listing {

    private Listing() {}

    /** What is done with a listed object. */
    @FunctionalInterface
    public interface Visitor {
        void object(StoredObject object) throws IOException;
    }

    /** All objects under {@code prefix}, in the order of their keys. Fails as {@link ObjectStore#list} does. */
    public static CompletableFuture<List<StoredObject>> of(ObjectStore store, String prefix) {
        return from(store, prefix, null, new ArrayList<>());
    }

    private static CompletableFuture<List<StoredObject>> from(
            ObjectStore store, String prefix, @Nullable String after, List<StoredObject> listed) {
        return store.list(prefix, after, ObjectStore.MAX_PAGE).thenCompose(page -> {
            listed.addAll(page.objects());
            return page.next()
                    .map(next -> from(store, prefix, next, listed))
                    .orElseGet(() -> CompletableFuture.completedFuture(listed));
        });
    }

    /**
     * Goes through all objects under {@code prefix}, in the order of their keys, with no more than a page of them in memory.
     * Blocks.
     *
     * @throws IOException if the store fails, or what the visitor throws
     */
    public static void forEach(ObjectStore store, String prefix, Visitor visitor) throws IOException {
        @Nullable String after = null;
        do {
            ObjectPage page = StoreWait.untilDone(store.list(prefix, after, ObjectStore.MAX_PAGE));
            for (StoredObject object : page.objects()) {
                visitor.object(object);
            }
            after = page.next().orElse(null);
        } while (after != null);
    }
}
