package io.aquifer.object;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** Creates an object in one request, if it is absent. */
final class SinglePut {

    /** How often a key that exists when it is to be created, and doesn't when it is looked at, is tried again. */
    private static final int VANISHED_LIMIT = 3;

    private final S3Calls calls;
    private final S3Requests requests;
    private final ExistingObject existing;

    SinglePut(S3Calls calls, S3Requests requests, ExistingObject existing) {
        this.calls = calls;
        this.requests = requests;
        this.existing = existing;
    }

    /** @param content all of its capacity */
    CompletableFuture<PutResult> put(StoreCall<?> call, String key, ByteBuffer content) {
        return put(call, key, UUID.randomUUID().toString(), content, Crc32c.of(content), VANISHED_LIMIT);
    }

    private CompletableFuture<PutResult> put(
            StoreCall<?> call, String key, String callId, ByteBuffer content, int crc, int triesLeft) {
        return calls.sendBody(
                        call,
                        S3Action.PUT,
                        key,
                        content.remaining(),
                        client -> client.putObject(
                                requests.put(key, callId, content.remaining(), crc),
                                AsyncRequestBody.fromRemainingByteBufferUnsafe(content)))
                .thenApply(created -> PutResult.CREATED)
                .exceptionallyCompose(failure -> {
                    if (!(Failures.unwrapped(failure) instanceof PreconditionFailedException)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    return existing.identify(call, key, callId, ObjectContent.of(content))
                            .exceptionallyCompose(unknown ->
                                    Failures.unwrapped(unknown) instanceof ObjectNotFoundException && triesLeft > 0
                                            ? put(call, key, callId, content, crc, triesLeft - 1)
                                            : CompletableFuture.failedFuture(unknown));
                });
    }
}
