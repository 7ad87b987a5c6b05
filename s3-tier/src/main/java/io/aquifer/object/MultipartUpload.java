package io.aquifer.object;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * One upload in parts, several of them at once as far as memory goes. Parts are taken in order, each by a thread of its own
 * that first calls for the next.
 */
final class MultipartUpload {

    /** What uploads share. */
    record Means(S3Calls calls, S3Requests requests, ExistingObject existing, PartMemory memory, Executor readers) {}

    private final Means means;
    private final String key;
    private final ObjectContent content;
    private final String callId = UUID.randomUUID().toString();
    private final int count;
    private final AtomicReferenceArray<CompletedPart> parts;
    /** Parts that aren't through yet, and one for the taking of parts itself. */
    private final AtomicInteger pending = new AtomicInteger(1);

    private final CompletableFuture<Integer> through = new CompletableFuture<>();
    /** The call that parts are sent for: it ends with the first that fails, and so do the others. */
    private final StoreCall<Integer> sending = new StoreCall<>();

    MultipartUpload(Means means, String key, ObjectContent content) {
        this.means = means;
        this.key = key;
        this.content = content;
        this.count = Math.toIntExact((content.length() - 1) / means.memory.partBytes() + 1);
        this.parts = new AtomicReferenceArray<>(count);
    }

    /** Uploads for {@code call}, and aborts what was begun when that fails or the call ends before. */
    CompletableFuture<PutResult> run(StoreCall<?> call) {
        return means.calls
                .send(
                        call,
                        S3Action.CREATE_UPLOAD,
                        key,
                        client -> client.createMultipartUpload(means.requests.createUpload(key, callId)))
                .thenCompose(created -> {
                    String id = created.uploadId();
                    return sendParts(call, id)
                            .thenCompose(sent -> finish(call, id))
                            .whenComplete((result, failure) -> {
                                if (failure != null || result != PutResult.CREATED) {
                                    abort(id);
                                }
                            });
                });
    }

    /** Completes when no part is being read or sent any more, with their number. */
    private CompletableFuture<Integer> sendParts(StoreCall<?> call, String id) {
        CompletableFuture<Integer> sent = call.step(sending);
        takeNext(id, 0);
        return through.thenCompose(done -> {
            sending.complete(count);
            return sent;
        });
    }

    /** Waits for memory for part {@code index}; a reader goes on from there. */
    private void takeNext(String id, int index) {
        CompletableFuture<?> unused = means.memory.take(sending).whenComplete((buffer, failure) -> {
            if (buffer == null) {
                partDone(failure);
            } else {
                pending.incrementAndGet();
                means.readers.execute(() -> sendPart(id, index, buffer));
            }
        });
    }

    private void sendPart(String id, int index, ByteBuffer buffer) {
        if (index + 1 < count) {
            takeNext(id, index + 1);
        } else {
            partDone(null);
        }
        CompletableFuture<?> unused = CompletableFuture.completedFuture(buffer)
                .thenCompose(free -> send(id, index, free))
                .whenComplete((part, failure) -> {
                    means.memory.giveBack(buffer);
                    parts.set(index, part);
                    partDone(failure);
                });
    }

    private CompletableFuture<CompletedPart> send(String id, int index, ByteBuffer buffer) {
        long position = (long) index * means.memory.partBytes();
        int length = (int) Math.min(means.memory.partBytes(), content.length() - position);
        ByteBuffer bytes = ExistingObject.read(content, position, buffer.limit(length));
        int crc = Crc32c.of(bytes);
        int number = index + 1;
        return means.calls
                .sendBody(
                        sending,
                        S3Action.UPLOAD_PART,
                        key,
                        length,
                        client -> client.uploadPart(
                                means.requests.part(key, id, number, length, crc),
                                AsyncRequestBody.fromRemainingByteBufferUnsafe(bytes)))
                .thenApply(answer -> CompletedPart.builder()
                        .partNumber(number)
                        .eTag(answer.eTag())
                        .checksumCRC32C(answer.checksumCRC32C())
                        .build());
    }

    private void partDone(@Nullable Throwable failure) {
        if (failure != null) {
            sending.completeExceptionally(Failures.unwrapped(failure));
        }
        if (pending.decrementAndGet() == 0) {
            through.complete(count);
        }
    }

    private CompletableFuture<PutResult> finish(StoreCall<?> call, String id) {
        List<CompletedPart> sent =
                IntStream.range(0, count).mapToObj(parts::get).toList();
        return means.calls
                .send(
                        call,
                        S3Action.COMPLETE_UPLOAD,
                        key,
                        client -> client.completeMultipartUpload(means.requests.completeUpload(key, id, sent)))
                .thenApply(done -> PutResult.CREATED)
                .exceptionallyCompose(failure -> {
                    Throwable cause = Failures.unwrapped(failure);
                    if (cause instanceof PreconditionFailedException || cause instanceof UploadGoneException) {
                        return means.existing
                                .identify(call, key, callId, content)
                                .exceptionallyCompose(unknown -> CompletableFuture.failedFuture(
                                        Failures.unwrapped(unknown) instanceof ObjectNotFoundException
                                                ? cause
                                                : unknown));
                    }
                    return CompletableFuture.failedFuture(failure);
                });
    }

    /** Removes the parts in the background: what can't be removed now is found by who looks for unfinished uploads. */
    private void abort(String id) {
        StoreCall<Void> aborting = means.calls.open(new StoreCall<>());
        aborting.follow(means.calls
                .send(
                        aborting,
                        S3Action.ABORT,
                        key,
                        client -> client.abortMultipartUpload(means.requests.abortUpload(key, id)))
                .thenApply(answer -> null));
    }
}
