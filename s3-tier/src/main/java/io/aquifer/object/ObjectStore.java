package io.aquifer.object;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of immutable objects: created once if absent, read in ranges, listed in the order of their keys, deleted.
 *
 * <p><b>Keys</b> are whole: nothing is put before them here. They consist of 1 to 1024 visible ASCII characters, neither
 * begin nor end with a slash nor have two in a row, and none may be a path prefix of another ({@code a} and {@code a/b}),
 * since a store over a filesystem can't hold both. An argument that no store could serve is an {@link
 * IllegalArgumentException}, thrown at once.
 *
 * <p><b>Futures.</b> No method blocks; any thread may call any of them. A future fails with an {@link
 * ObjectStoreException}, which says whether it is worth trying again; what a moment's patience cures was tried again
 * already, until the store's total timeout. Futures complete on threads of the store, which dependent stages mustn't
 * block. Cancelling the future itself (not a stage derived from it) ends the call as soon as possible; whether a cancelled
 * write took effect is unknown.
 *
 * <p><b>Memory.</b> Buffers belong to the store from the call until its future completes; positions and limits are read
 * when the call is made. Once the future has completed, by {@code cancel} too, a target isn't written any more. A buffer
 * being sent may still be read for a moment after a failure or a cancellation: overwriting it is harmless, for what was
 * to be sent is known by its checksum, but memory that the JVM doesn't manage must stay mapped until the store is closed.
 *
 * <p><b>Consistency.</b> What was created is seen by every later read and listing. Of several calls that create the same
 * key at once exactly one creates it. Nothing else is conditional.
 */
public interface ObjectStore extends Closeable {

    /** Most keys in an {@linkplain #list answer to a listing}. */
    int MAX_PAGE = 1000;

    /** What the operator calls this store, for messages: the bucket, and the endpoint where it isn't the usual one. */
    String name();

    /**
     * Creates the object {@code key} from all that remains in {@code content}, in one request, unless an object with that
     * key exists.
     *
     * <p>When one exists it is looked at before that is reported, for it may be this call's own whose answer was lost.
     *
     * @param content up to 5 GiB, kept unchanged by the caller until the future completes; its position isn't moved
     * @return whether the object is this call's, another's with the same bytes, or another's with other bytes
     */
    CompletableFuture<PutResult> putIfAbsent(String key, ByteBuffer content);

    /**
     * Like {@link #putIfAbsent}, for content of any length up to 10,000 times the store's part size: longer than one part,
     * it goes up in parallel parts, each read from {@code content} when its turn comes. No more memory is used than the
     * store's upload memory, which all uploads share.
     *
     * <p>The object appears whole at the end or not at all. When the upload fails or is cancelled its parts are removed;
     * those of a process that died are found by {@link #listUnfinishedUploads}.
     *
     * @param content read by threads of the store, several at once. One that is reading when the call is cancelled ends that
     *     read; a file may be closed then
     * @return as for {@link #putIfAbsent}. The future fails with an {@link UnreadableContentException} when reading {@code
     *     content} failed
     */
    CompletableFuture<PutResult> uploadIfAbsent(String key, ObjectContent content);

    /**
     * Fills all that remains of {@code target} with the bytes of the object from {@code offset}. Its position isn't moved.
     *
     * <p>The bytes are those that the store sent over a connection that protects them, but no checksum of S3's covers a
     * range: who reads verifies what it reads with the format's own checksum.
     *
     * @param target with at least one byte remaining. What it holds after a failure is undefined
     * @return the range read, {@code target.remaining()} bytes long. The future fails with an {@link
     *     ObjectNotFoundException}, or with an {@link ObjectTooShortException} when the object ends before the range does
     */
    CompletableFuture<ObjectRange> get(String key, long offset, ByteBuffer target);

    /**
     * Reads the end of the object: its last {@code target.remaining()} bytes, or the whole object if it is shorter. The
     * bytes are put at the position of {@code target}, which isn't moved.
     *
     * @return the range read, shorter than {@code target.remaining()} only when it is the whole object. The future fails
     *     with an {@link ObjectNotFoundException}
     */
    CompletableFuture<ObjectRange> getTail(String key, ByteBuffer target);

    /**
     * What is known of an object without reading it. The future fails with an {@link ObjectNotFoundException}.
     */
    CompletableFuture<StoredObject> head(String key);

    /**
     * A page of the objects whose keys begin with {@code prefix}, in the order of their keys.
     *
     * @param prefix any beginning of a key; empty for the whole bucket
     * @param startAfter only keys above this one, or all when null. It needn't exist
     * @param maxKeys most objects in the page, from 1 to {@link #MAX_PAGE}
     */
    CompletableFuture<ObjectPage> list(String prefix, @Nullable String startAfter, int maxKeys);

    /**
     * Deletes objects. It is no error if some or all of them don't exist.
     *
     * @param keys any number, sent in as few requests as possible. When the future fails, any of them may be left
     */
    CompletableFuture<Void> delete(Collection<String> keys);

    /**
     * A page of the multipart uploads under {@code prefix} that were begun and neither finished nor aborted, in the order of
     * their keys. Those in progress are among them: only their age tells what has been left behind.
     *
     * @param after the {@linkplain UnfinishedUploadPage#next() end of the page before}, or null for the first page
     */
    CompletableFuture<UnfinishedUploadPage> listUnfinishedUploads(String prefix, @Nullable UnfinishedUpload after);

    /** Removes the parts of an unfinished upload, which can't be finished any more then. It is no error if it is gone. */
    CompletableFuture<Void> abortUpload(UnfinishedUpload upload);

    /**
     * Gives back threads, connections and memory. Calls in progress fail; whether writes among them took effect is unknown.
     * After it has returned, no buffer of a caller is touched.
     */
    @Override
    void close();
}
