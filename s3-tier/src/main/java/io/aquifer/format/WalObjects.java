package io.aquifer.format;

import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The WAL objects of a cluster: created once if absent, found by the unbroken run of their numbers, opened by their index,
 * and read by ranges of which nothing is handed out that doesn't verify.
 */
public final class WalObjects {

    /** Covers the index of more than a thousand appends of one batch. */
    private static final int TAIL_BYTES = 256 << 10;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final IndexReader<WalObjectIndex> reader;

    public WalObjects(ObjectStore store, ClusterKeys keys) {
        this(store, keys, TAIL_BYTES);
    }

    /** @param tailBytes how much of an object's end is read at first, at least the trailer */
    WalObjects(ObjectStore store, ClusterKeys keys, int tailBytes) {
        this.store = store;
        this.keys = keys;
        this.reader = new IndexReader<>(store, ObjectKind.WAL, tailBytes, WalObjectIndex::readFrom);
    }

    /**
     * Creates the object of an index, unless one with its number exists.
     *
     * @param body the blocks that were indexed, byte for byte; of padding only the first block-size bytes
     * @return as for {@link ObjectStore#uploadIfAbsent}. The same blocks always make the same object
     */
    public CompletableFuture<PutResult> create(WalObjectIndex index, ObjectContent body) {
        if (body.length() != index.info().bodyLength()) {
            throw new IllegalArgumentException("a body of " + body.length() + " bytes for an index of "
                    + index.info().bodyLength());
        }
        ObjectContent end = ObjectContent.of(index.withTrailer());
        return store.uploadIfAbsent(keys.walObject(index.info().name()), ObjectContent.concat(List.of(body, end)));
    }

    /**
     * The index of an object. The future fails with an {@link ObjectFormatException} when the object isn't the one of that
     * name or doesn't verify, or as {@link ObjectStore#get} does.
     */
    public CompletableFuture<WalObjectIndex> open(WalObjectName name) {
        String key = keys.walObject(name);
        return reader.tail(key).thenApply(index -> {
            if (!index.info().name().equals(name)) {
                throw new CompletionException(
                        new ForeignObjectException(reader.where(key) + " holds another WAL object, "
                                + index.info().name() + ": it was copied from another key. " + WalObjectIndex.REMEDY));
            }
            return index;
        });
    }

    /**
     * The payload of an entry of data, read from its object and verified. The future fails with a {@link DamagedObjectException}
     * when it isn't what was indexed, or as {@link ObjectStore#get} does.
     *
     * @param entry of data, of that object; of any other its {@linkplain WalEntry#excerpt excerpt} is the payload
     */
    public CompletableFuture<ByteBuffer> read(WalObjectName name, WalEntry entry) {
        String key = keys.walObject(name);
        ByteBuffer payload = ByteBuffer.allocate(entry.length());
        return store.get(key, entry.position(), payload).thenApply(range -> {
            try {
                entry.verify(payload, reader.where(key));
                return payload;
            } catch (DamagedObjectException e) {
                throw new CompletionException(e);
            }
        });
    }
}
