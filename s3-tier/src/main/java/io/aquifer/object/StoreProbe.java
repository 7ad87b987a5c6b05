package io.aquifer.object;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Finds out at start-up whether a store can be used: it is reachable, every permission needed is there, and what exists isn't
 * overwritten. It creates one object of its own and deletes it.
 */
public final class StoreProbe {

    /** What protocols over the store rest on. */
    static final String CREATE_IF_ABSENT = "create if absent (If-None-Match: *)";

    private static final ByteBuffer FIRST =
            ByteBuffer.wrap("Aquifer looks whether it can work here.".getBytes(StandardCharsets.US_ASCII));
    private static final ByteBuffer SECOND =
            ByteBuffer.wrap("This must not replace what is here.".getBytes(StandardCharsets.US_ASCII));

    private final ObjectStore store;
    private final String prefix;
    private final String key;
    private final int partBytes;
    /** Whether the probe's object may be there. */
    private volatile boolean begun;
    /** Whether the probe's object is there as it was created. */
    private volatile boolean intact;

    private final ConcurrentLinkedQueue<ProbeFinding> findings = new ConcurrentLinkedQueue<>();

    /**
     * A probe for one run.
     *
     * @param prefix what the broker's keys begin with, without a slash at its end; empty for the whole bucket
     * @param partBytes part size of the store's uploads: a little more than that is sent once
     */
    public StoreProbe(ObjectStore store, String prefix, int partBytes) {
        this.store = store;
        this.prefix = prefix;
        this.key = (prefix.isEmpty() ? "" : prefix + "/") + "probe-" + UUID.randomUUID();
        this.partBytes = partBytes;
    }

    /**
     * Tries everything that is needed.
     *
     * @return what is lacking; nothing when the store can be used. The future fails with an {@link ObjectStoreException} when
     *     the store can't be reached or there is no such bucket
     */
    public CompletableFuture<List<ProbeFinding>> run() {
        return attempt(S3Action.LIST, () -> store.list(prefix, null, 1))
                .thenCompose(listed -> attempt(S3Action.PUT, this::create))
                .thenCompose(put -> attempt(S3Action.GET, this::read))
                .thenCompose(read -> attempt(S3Action.LIST_UPLOADS, () -> store.listUnfinishedUploads(prefix, null)))
                .thenCompose(listed -> attempt(S3Action.ABORT, this::abortNothing))
                .handle((result, failure) -> failure)
                .thenCompose(failure -> failure == null
                        ? delete().thenApply(deleted -> List.copyOf(findings))
                        : failedAfterCleaningUp(failure));
    }

    private CompletableFuture<?> delete() {
        return attempt(S3Action.DELETE, () -> store.delete(List.of(key)));
    }

    /** What a store that can't be reached is asked for takes all attempts, one after the other: so no more than there is to do. */
    private <T> CompletableFuture<T> failedAfterCleaningUp(Throwable failure) {
        CompletableFuture<?> cleanedUp = begun ? delete() : CompletableFuture.completedFuture(true);
        return cleanedUp.handle((deleted, second) -> second).thenCompose(second -> {
            Throwable first = Failures.unwrapped(failure);
            if (second != null) {
                first.addSuppressed(Failures.unwrapped(second));
            }
            return CompletableFuture.failedFuture(first);
        });
    }

    private CompletableFuture<?> create() {
        begun = true;
        return store.putIfAbsent(key, FIRST)
                .thenCompose(first -> store.putIfAbsent(key, SECOND))
                .thenAccept(second -> expectAbsent(second, "A second object"))
                .thenCompose(put -> store.uploadIfAbsent(key, new Zeros(partBytes + 1L)))
                .thenAccept(upload -> expectAbsent(upload, "An upload in parts"))
                .thenRun(() -> intact =
                        findings.stream().noneMatch(finding -> finding.lacking().equals(CREATE_IF_ABSENT)));
    }

    private void expectAbsent(PutResult result, String what) {
        if (result == PutResult.CREATED) {
            findings.add(new ProbeFinding(
                    CREATE_IF_ABSENT,
                    what + " replaced '" + key + "' in " + store.name()
                            + ", although it was to be created only if absent. Two brokers could overwrite each other:"
                            + " use a store, or a version of it, that honours If-None-Match on PutObject and"
                            + " CompleteMultipartUpload."));
        }
    }

    /** Reads the probe's object; where none could be created, that it isn't found is only said to those who may read. */
    private CompletableFuture<?> read() {
        ByteBuffer target = ByteBuffer.allocate(FIRST.remaining());
        return intact ? store.get(key, 0, target).thenAccept(range -> compare(target)) : mayLook();
    }

    private CompletableFuture<?> mayLook() {
        return store.head(key)
                .<Object>thenApply(found -> found)
                .exceptionallyCompose(failure -> Failures.unwrapped(failure) instanceof ObjectNotFoundException
                        ? CompletableFuture.completedFuture(true)
                        : CompletableFuture.failedFuture(failure));
    }

    private void compare(ByteBuffer target) {
        if (!target.equals(FIRST)) {
            findings.add(new ProbeFinding(
                    "reading what was written",
                    "What was read of '" + key + "' in " + store.name()
                            + " isn't what was written to it. Don't use this store."));
        }
    }

    /** That there is no such upload is only said to those who may abort it. */
    private CompletableFuture<?> abortNothing() {
        return store.abortUpload(new UnfinishedUpload(key, UUID.randomUUID().toString(), Instant.EPOCH));
    }

    /** Notes a permission that is missing, and fails for what no permission would cure. */
    private CompletableFuture<?> attempt(S3Action action, Supplier<CompletableFuture<?>> call) {
        return call.get().<Object>thenApply(done -> true).exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrapped(failure);
            if (cause instanceof StoreAccessDeniedException denied) {
                findings.add(new ProbeFinding(action.permission(), String.valueOf(denied.getMessage())));
                return CompletableFuture.completedFuture(false);
            }
            return CompletableFuture.failedFuture(cause);
        });
    }

    private record Zeros(long length) implements ObjectContent {
        @Override
        public void read(long position, ByteBuffer target) {
            while (target.hasRemaining()) {
                target.put((byte) 0);
            }
        }
    }
}
