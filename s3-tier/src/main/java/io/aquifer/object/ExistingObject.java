package io.aquifer.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Finds out what the object is that was found where one was to be created: this call's own, created by an attempt whose
 * answer was lost, or another's with the same or other bytes.
 */
final class ExistingObject {

    private final S3Calls calls;
    private final S3Requests requests;
    private final PartMemory memory;
    private final Executor readers;
    private final String store;

    /**
     * @param readers for reading content, which blocks
     * @param store what the operator calls the store
     */
    ExistingObject(S3Calls calls, S3Requests requests, PartMemory memory, Executor readers, String store) {
        this.calls = calls;
        this.requests = requests;
        this.memory = memory;
        this.readers = readers;
        this.store = store;
    }

    /**
     * What came of creating {@code key} from {@code content} where an object exists. Fails with an {@link
     * ObjectNotFoundException} when there is none any more.
     */
    CompletableFuture<PutResult> identify(StoreCall<?> call, String key, String callId, ObjectContent content) {
        return calls.send(call, S3Action.HEAD, key, client -> client.headObject(requests.head(key)))
                .thenCompose(head -> identify(call, key, callId, content, head));
    }

    private CompletableFuture<PutResult> identify(
            StoreCall<?> call, String key, String callId, ObjectContent content, HeadObjectResponse head) {
        if (head.contentLength() != content.length()) {
            return CompletableFuture.completedFuture(PutResult.OTHER_EXISTS);
        }
        if (callId.equals(head.metadata().get(S3Requests.CALL_ID))) {
            return CompletableFuture.completedFuture(PutResult.CREATED);
        }
        return memory.take(call)
                .thenCompose(buffer -> sameFrom(0, call, key, content, buffer)
                        .whenComplete((result, failure) -> memory.giveBack(buffer)))
                .thenApply(same -> same ? PutResult.SAME_EXISTS : PutResult.OTHER_EXISTS);
    }

    /** Whether object and content agree from {@code offset}, read back a part's size at a time. */
    private CompletableFuture<Boolean> sameFrom(
            long offset, StoreCall<?> call, String key, ObjectContent content, ByteBuffer buffer) {
        int length = (int) Math.min(memory.partBytes(), content.length() - offset);
        if (length == 0) {
            return CompletableFuture.completedFuture(true);
        }
        RangeTarget target = new RangeTarget(buffer.limit(length));
        RangeAsked asked = new RangeAsked("'" + key + "' in " + store, offset, length);
        return calls.receive(
                        call,
                        key,
                        length,
                        client -> client.getObject(
                                requests.get(key, asked.header()), new RangeTransformer(target, asked)))
                .whenComplete((range, failure) -> target.close())
                .thenComposeAsync(
                        range -> {
                            int stored = Crc32c.of(buffer);
                            return stored == Crc32c.of(read(content, offset, buffer))
                                    ? sameFrom(offset + length, call, key, content, buffer.clear())
                                    : CompletableFuture.completedFuture(false);
                        },
                        readers);
    }

    /**
     * What {@code buffer}, filled to its limit from {@code offset} of {@code content}, holds then.
     *
     * @throws CompletionException of an {@link UnreadableContentException} if it can't be read
     */
    static ByteBuffer read(ObjectContent content, long offset, ByteBuffer buffer) {
        try {
            content.read(offset, buffer);
            return buffer.flip();
        } catch (IOException e) {
            throw new CompletionException(unreadable(offset, e));
        }
    }

    private static UnreadableContentException unreadable(long offset, IOException cause) {
        return new UnreadableContentException(
                "What was to be uploaded couldn't be read at byte " + offset + " (" + cause.getMessage()
                        + "). Look at the log directory it comes from.",
                cause);
    }
}
