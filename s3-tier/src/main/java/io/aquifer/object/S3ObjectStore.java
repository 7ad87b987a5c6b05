package io.aquifer.object;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * A bucket in AWS S3 or a store compatible with it, over the AWS SDK's asynchronous client.
 *
 * <p>Every body sent carries its CRC32C, computed from the caller's memory before it is sent, so that the store refuses what
 * was damaged on its way. Memory beyond the SDK's own buffers is that of {@link ObjectStoreSettings#uploadMemoryBytes}.
 */
public final class S3ObjectStore implements ObjectStore {

    /** Most keys in one DeleteObjects request. */
    private static final int DELETE_BATCH = 1000;

    private static final int MAX_READERS = 4;

    private final ObjectStoreSettings settings;
    private final String name;
    private final S3Failures failures;
    private final ObjectStoreObserver observer;
    private final TransferLimits limits;
    private final S3Connection connection;
    private final ExecutorService readers;
    private final S3Calls calls;
    private final S3Requests requests;
    private final SinglePut singlePut;
    private final MultipartUpload.Means uploads;

    /** The store that the settings say, with the credentials that the AWS SDK's default chain finds. */
    public static S3ObjectStore open(ObjectStoreSettings settings, ObjectStoreObserver observer) {
        return new S3ObjectStore(
                settings, DefaultCredentialsProvider.builder().build(), observer, TransferLimits.of(settings));
    }

    /** The store that the settings say, unobserved. */
    public static S3ObjectStore open(ObjectStoreSettings settings, AwsCredentialsProvider credentials) {
        return new S3ObjectStore(settings, credentials, ObjectStoreObserver.NONE, TransferLimits.of(settings));
    }

    /** @param limits closed with this */
    S3ObjectStore(
            ObjectStoreSettings settings,
            AwsCredentialsProvider credentials,
            ObjectStoreObserver observer,
            TransferLimits limits) {
        this.settings = settings;
        this.name = "bucket '" + settings.bucket() + "'"
                + settings.endpoint().map(endpoint -> " at " + endpoint).orElse("");
        this.observer = observer;
        this.limits = limits;
        this.failures = new S3Failures(name);
        this.connection = new S3Connection(settings, credentials, failures, observer);
        this.readers = Executors.newFixedThreadPool(
                Math.min(MAX_READERS, Runtime.getRuntime().availableProcessors()),
                new DefaultThreadFactory("aquifer-s3-reader", true));
        this.calls = new S3Calls(connection.client(), failures, settings.requestsInFlight(), limits, observer, name);
        this.requests = new S3Requests(settings);
        PartMemory memory = new PartMemory(settings.partBytes(), (int)
                Math.min(Integer.MAX_VALUE, settings.uploadMemoryBytes() / settings.partBytes()));
        ExistingObject existing = new ExistingObject(calls, requests, memory, readers, name);
        this.singlePut = new SinglePut(calls, requests, existing);
        this.uploads = new MultipartUpload.Means(calls, requests, existing, memory, readers);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletableFuture<PutResult> putIfAbsent(String key, ByteBuffer content) {
        ObjectKeys.require(key);
        ByteBuffer bytes = content.slice();
        return run(new StoreCall<>(), call -> singlePut.put(call, key, bytes));
    }

    @Override
    public CompletableFuture<PutResult> uploadIfAbsent(String key, ObjectContent content) {
        ObjectKeys.require(key);
        long length = content.length();
        long most = (long) ObjectStoreSettings.MAX_PARTS * settings.partBytes();
        if (length > most) {
            throw new IllegalArgumentException("'" + key + "' has " + length + " bytes, at most " + most
                    + " fit into parts of " + settings.partBytes() + " bytes: raise aquifer.s3.part.bytes.");
        }
        return run(
                new StoreCall<>(),
                call -> length > settings.partBytes()
                        ? new MultipartUpload(uploads, key, content).run(call)
                        : putSmall(call, key, content));
    }

    private CompletableFuture<PutResult> putSmall(StoreCall<?> call, String key, ObjectContent content) {
        return uploads.memory()
                .take(call)
                .thenCompose(buffer -> CompletableFuture.supplyAsync(
                                () -> ExistingObject.read(content, 0, buffer.limit((int) content.length())), readers)
                        .thenCompose(bytes -> singlePut.put(call, key, bytes))
                        .whenComplete((result, failure) -> uploads.memory().giveBack(buffer)));
    }

    @Override
    public CompletableFuture<ObjectRange> get(String key, long offset, ByteBuffer target) {
        ObjectKeys.require(key);
        if (offset < 0) {
            throw new IllegalArgumentException("a range at offset " + offset);
        }
        return read(key, offset, target);
    }

    @Override
    public CompletableFuture<ObjectRange> getTail(String key, ByteBuffer target) {
        ObjectKeys.require(key);
        return read(key, RangeAsked.FROM_END, target);
    }

    private CompletableFuture<ObjectRange> read(String key, long offset, ByteBuffer target) {
        if (!target.hasRemaining()) {
            throw new IllegalArgumentException("a range of no bytes of '" + key + "'");
        }
        RangeTarget memory = new RangeTarget(target);
        RangeAsked asked = new RangeAsked("'" + key + "' in " + name, offset, target.remaining());
        return run(
                new StoreCall<>(memory::close),
                call -> calls.receive(
                        call,
                        key,
                        asked.length(),
                        client -> client.getObject(
                                requests.get(key, asked.header()), new RangeTransformer(memory, asked))));
    }

    @Override
    public CompletableFuture<StoredObject> head(String key) {
        ObjectKeys.require(key);
        return run(
                new StoreCall<>(),
                call -> calls.send(call, S3Action.HEAD, key, client -> client.headObject(requests.head(key)))
                        .thenApply(head -> new StoredObject(key, head.contentLength(), head.lastModified())));
    }

    @Override
    public CompletableFuture<ObjectPage> list(String prefix, @Nullable String startAfter, int maxKeys) {
        ObjectKeys.requirePrefix(prefix);
        if (maxKeys < 1 || maxKeys > MAX_PAGE) {
            throw new IllegalArgumentException("a page of " + maxKeys + " keys, not 1 to " + MAX_PAGE);
        }
        return run(
                new StoreCall<>(),
                call -> calls.send(
                                call,
                                S3Action.LIST,
                                prefix,
                                client -> client.listObjectsV2(requests.list(prefix, startAfter, maxKeys)))
                        .thenApply(page -> new ObjectPage(
                                page.contents().stream()
                                        .map(found -> new StoredObject(found.key(), found.size(), found.lastModified()))
                                        .toList(),
                                page.isTruncated())));
    }

    @Override
    public CompletableFuture<Void> delete(Collection<String> keys) {
        List<String> all = keys.stream().map(ObjectKeys::require).distinct().toList();
        return run(new StoreCall<>(), call -> {
            List<CompletableFuture<?>> batches = new ArrayList<>();
            for (int from = 0; from < all.size(); from += DELETE_BATCH) {
                batches.add(deleteBatch(call, all.subList(from, Math.min(all.size(), from + DELETE_BATCH))));
            }
            return CompletableFuture.allOf(batches.toArray(CompletableFuture[]::new));
        });
    }

    private CompletableFuture<?> deleteBatch(StoreCall<?> call, List<String> keys) {
        String first = keys.get(0);
        if (keys.size() == 1) {
            return absentIsFine(
                    calls.send(call, S3Action.DELETE, first, client -> client.deleteObject(requests.delete(first))));
        }
        return calls.send(call, S3Action.DELETE, first, client -> client.deleteObjects(requests.delete(keys)))
                .thenCompose(this::withoutErrors);
    }

    private CompletableFuture<Void> withoutErrors(DeleteObjectsResponse answer) {
        for (S3Error error : answer.errors()) {
            if (!"NoSuchKey".equals(error.code())) {
                return CompletableFuture.failedFuture(
                        failures.explainDeletion(error, answer.errors().size()));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<UnfinishedUploadPage> listUnfinishedUploads(
            String prefix, @Nullable UnfinishedUpload after) {
        ObjectKeys.requirePrefix(prefix);
        return run(
                new StoreCall<>(),
                call -> calls.send(
                                call,
                                S3Action.LIST_UPLOADS,
                                prefix,
                                client -> client.listMultipartUploads(requests.listUploads(prefix, after)))
                        .thenApply(S3ObjectStore::uploadsIn));
    }

    private static UnfinishedUploadPage uploadsIn(ListMultipartUploadsResponse page) {
        return new UnfinishedUploadPage(
                page.uploads().stream()
                        .map(found -> new UnfinishedUpload(found.key(), found.uploadId(), found.initiated()))
                        .toList(),
                page.isTruncated());
    }

    @Override
    public CompletableFuture<Void> abortUpload(UnfinishedUpload upload) {
        ObjectKeys.require(upload.key());
        return run(
                new StoreCall<>(),
                call -> absentIsFine(calls.send(
                        call,
                        S3Action.ABORT,
                        upload.key(),
                        client -> client.abortMultipartUpload(requests.abortUpload(upload.key(), upload.id())))));
    }

    private static CompletableFuture<Void> absentIsFine(CompletableFuture<?> answer) {
        return answer.<Void>thenApply(done -> null).exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrapped(failure);
            return cause instanceof ObjectNotFoundException || cause instanceof UploadGoneException
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failure);
        });
    }

    private <T> CompletableFuture<T> run(
            StoreCall<T> call, Function<StoreCall<T>, ? extends CompletableFuture<? extends T>> work) {
        StoreCall<T> open = calls.open(call);
        if (!open.isDone()) {
            open.follow(work.apply(open));
        }
        return open;
    }

    @Override
    public void close() {
        calls.close();
        limits.close();
        readers.shutdown();
        connection.close();
        observer.closed();
    }
}
