package io.aquifer.format;

import io.aquifer.object.Failures;
import io.aquifer.object.ObjectRange;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectTooShortException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Reads the index of objects of one kind from their end: with one request where it is where it was expected or not longer
 * than guessed, otherwise with two. Futures fail with an {@link ObjectFormatException}, or as {@link ObjectStore#get} does.
 *
 * @param <T> what the index is read as
 */
final class IndexReader<T> {

    private final ObjectStore store;
    private final ObjectKind kind;
    private final int tailBytes;
    private final Decoder<T> decoder;

    /** Makes sense of all that remains in an index, which the trailer vouches for. */
    @FunctionalInterface
    interface Decoder<T> {
        T readFrom(ByteBuffer index, ObjectTrailer trailer, String where) throws ObjectFormatException;
    }

    /** @param tailBytes how much is read of an object whose index isn't known, at least the trailer */
    IndexReader(ObjectStore store, ObjectKind kind, int tailBytes, Decoder<T> decoder) {
        this.store = store;
        this.kind = kind;
        this.tailBytes = tailBytes;
        this.decoder = decoder;
    }

    /** What is read, for messages. */
    String where(String key) {
        return "'" + key + "' in " + store.name();
    }

    /** The index of an object that was so long, with an index so long, when it was made. */
    CompletableFuture<T> at(String key, long objectLength, int indexLength) {
        ByteBuffer buffer = ByteBuffer.allocate(indexLength + ObjectTrailer.SIZE);
        return store.get(key, objectLength - buffer.capacity(), buffer)
                .thenCompose(range -> read(buffer, range, key))
                .exceptionallyCompose(failure -> {
                    Throwable cause = Failures.unwrapped(failure);
                    return cause instanceof ObjectFormatException || cause instanceof ObjectTooShortException
                            ? tail(key)
                            : CompletableFuture.failedFuture(cause);
                });
    }

    /** The index of an object of which nothing is known. */
    CompletableFuture<T> tail(String key) {
        return tail(key, tailBytes).thenApply(Tail::index);
    }

    /**
     * An index, with the end of its object as far as it was read at once.
     *
     * @param end up to the trailer's end
     * @param position where that begins in the object
     */
    record Tail<T>(T index, ByteBuffer end, long position) {}

    /** As above, with so many bytes at first, at least the trailer. */
    CompletableFuture<Tail<T>> tail(String key, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        return store.getTail(key, buffer).thenCompose(range -> {
            ByteBuffer end = buffer.limit(range.length());
            return read(end, range, key)
                    .thenApply(index -> new Tail<>(index, end, range.objectLength() - end.remaining()));
        });
    }

    /** @param end the end of the object */
    private CompletableFuture<T> read(ByteBuffer end, ObjectRange range, String key) {
        String where = where(key);
        try {
            ObjectTrailer trailer = ObjectTrailer.readFrom(kind, end, range.objectLength(), where);
            int indexEnd = end.limit() - ObjectTrailer.SIZE;
            if (trailer.indexLength() <= indexEnd) {
                ByteBuffer index = end.slice(indexEnd - trailer.indexLength(), trailer.indexLength());
                return CompletableFuture.completedFuture(decode(index, trailer, where));
            }
            ByteBuffer index = ByteBuffer.allocate(trailer.indexLength());
            return store.get(key, trailer.indexOffset(), index).thenApply(read -> {
                try {
                    return decode(index, trailer, where);
                } catch (ObjectFormatException e) {
                    throw new CompletionException(e);
                }
            });
        } catch (ObjectFormatException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private T decode(ByteBuffer index, ObjectTrailer trailer, String where) throws ObjectFormatException {
        trailer.verifyIndex(index, where);
        return decoder.readFrom(index, trailer, where);
    }
}
