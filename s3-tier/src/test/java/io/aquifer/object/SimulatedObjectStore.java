package io.aquifer.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, on a simulated clock: the same seed, calls and clock give the same results.
 *
 * <p>Every call takes effect at some instant between its beginning and its end, so calls overtake each other. What a call
 * sends is read at that instant: a caller that changes it before is found out. A cancelled write takes effect or doesn't.
 * Faults are those of {@link SimulatedFault}.
 */
public final class SimulatedObjectStore implements ObjectStore {

    private static final Duration SLOW = Duration.ofSeconds(30);

    private final SimulatedClock clock;
    private final SimulatedBucket bucket;
    /** Also the lock of itself. */
    private final RandomGenerator random;

    private final SimulatedFaults faults;
    private final Ongoing<StoreCall<?>> open = new Ongoing<>();
    private final List<SimulatedCall> calls = new CopyOnWriteArrayList<>();
    private volatile Duration latency = Duration.ofMillis(20);
    private volatile boolean closed;

    public SimulatedObjectStore(SimulatedClock clock, SimulatedBucket bucket, long seed) {
        this.clock = clock;
        this.bucket = bucket;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.faults = new SimulatedFaults(random);
    }

    /** A store with an empty bucket, without faults, whose futures have completed when a call returns. */
    public static SimulatedObjectStore eager() {
        return new SimulatedObjectStore(SimulatedClock.eager(), new SimulatedBucket(), 0);
    }

    public SimulatedBucket bucket() {
        return bucket;
    }

    public SimulatedFaults faults() {
        return faults;
    }

    /** Calls received so far. */
    public List<SimulatedCall> calls() {
        return List.copyOf(calls);
    }

    /** How long a call takes on average; from nothing to twice that, at random. */
    public void latency(Duration mean) {
        latency = mean;
    }

    @Override
    public String name() {
        return "simulated bucket";
    }

    @Override
    public CompletableFuture<PutResult> putIfAbsent(String key, ByteBuffer content) {
        ByteBuffer bytes = content.slice();
        int crc = Crc32c.of(bytes);
        return begin(new StoreCall<>(), SimulatedCall.Kind.PUT, ObjectKeys.require(key), fault -> {
            if (Crc32c.of(bytes) != crc) {
                throw new AssertionError("'" + key + "' was changed while it was being put");
            }
            return bucket.create(key, Bytes.of(bytes), clock.now());
        });
    }

    @Override
    public CompletableFuture<PutResult> uploadIfAbsent(String key, ObjectContent content) {
        return begin(new StoreCall<>(), SimulatedCall.Kind.UPLOAD, ObjectKeys.require(key), fault -> {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(content.length()));
            try {
                content.read(0, bytes);
            } catch (IOException e) {
                throw new UnreadableContentException("'" + key + "' can't be uploaded: " + e.getMessage(), e);
            }
            return bucket.create(key, bytes.array(), clock.now());
        });
    }

    @Override
    public CompletableFuture<ObjectRange> get(String key, long offset, ByteBuffer target) {
        require(offset >= 0 && target.hasRemaining(), "a range of no bytes or before the object");
        return read(SimulatedCall.Kind.GET, key, offset, target);
    }

    @Override
    public CompletableFuture<ObjectRange> getTail(String key, ByteBuffer target) {
        require(target.hasRemaining(), "a tail of no bytes");
        return read(SimulatedCall.Kind.GET_TAIL, key, RangeAsked.FROM_END, target);
    }

    private CompletableFuture<ObjectRange> read(SimulatedCall.Kind kind, String key, long offset, ByteBuffer target) {
        RangeTarget memory = new RangeTarget(target);
        RangeAsked asked = new RangeAsked("'" + key + "' in " + name(), offset, target.remaining());
        StoreCall<ObjectRange> call = new StoreCall<>(memory::close);
        return begin(call, kind, ObjectKeys.require(key), fault -> {
            byte[] bytes = bucket.find(key);
            if (bytes == null) {
                throw notFound(key);
            }
            ObjectRange range = asked.in(bytes.length);
            int length = fault == SimulatedFault.CUT_BODY ? draw(range.length()) : range.length();
            memory.write(0, 0, ByteBuffer.wrap(bytes, (int) range.offset(), length));
            return range;
        });
    }

    @Override
    public CompletableFuture<StoredObject> head(String key) {
        return begin(new StoreCall<>(), SimulatedCall.Kind.HEAD, ObjectKeys.require(key), fault -> {
            StoredObject found = bucket.head(key);
            if (found == null) {
                throw notFound(key);
            }
            return found;
        });
    }

    @Override
    public CompletableFuture<ObjectPage> list(String prefix, @Nullable String startAfter, int maxKeys) {
        require(maxKeys >= 1 && maxKeys <= MAX_PAGE, "a page of " + maxKeys + " keys");
        return begin(
                new StoreCall<>(),
                SimulatedCall.Kind.LIST,
                ObjectKeys.requirePrefix(prefix),
                fault -> bucket.list(prefix, startAfter, maxKeys));
    }

    @Override
    public CompletableFuture<Void> delete(Collection<String> keys) {
        List<String> all = keys.stream().map(ObjectKeys::require).toList();
        String first = all.isEmpty() ? "" : all.get(0);
        return begin(new StoreCall<>(), SimulatedCall.Kind.DELETE, first, fault -> {
            all.forEach(bucket::remove);
            return null;
        });
    }

    @Override
    public CompletableFuture<UnfinishedUploadPage> listUnfinishedUploads(
            String prefix, @Nullable UnfinishedUpload after) {
        return begin(
                new StoreCall<>(),
                SimulatedCall.Kind.LIST_UPLOADS,
                ObjectKeys.requirePrefix(prefix),
                fault -> bucket.listUploads(prefix, after));
    }

    @Override
    public CompletableFuture<Void> abortUpload(UnfinishedUpload upload) {
        return begin(new StoreCall<>(), SimulatedCall.Kind.ABORT_UPLOAD, upload.key(), fault -> {
            bucket.abort(upload);
            return null;
        });
    }

    /** Ends what is under way; the bucket stays. */
    @Override
    public void close() {
        closed = true;
        open.forEach(this::end);
    }

    private void end(StoreCall<?> call) {
        call.completeExceptionally(new ClosedStoreException("The " + name() + " was closed.", null));
    }

    private <T> CompletableFuture<T> begin(StoreCall<T> call, SimulatedCall.Kind kind, String key, Effect<T> effect) {
        SimulatedCall received = new SimulatedCall(kind, key);
        calls.add(received);
        open.add(call);
        if (closed) {
            end(call);
            return call;
        }
        SimulatedFault fault = faults.of(received);
        Duration there = fault == SimulatedFault.SLOW ? SLOW : delay();
        Duration back = delay();
        boolean evenIfCancelled = kind.writes() && draw(2) == 0;
        clock.schedule(there, () -> {
            if (!closed && (!call.isDone() || evenIfCancelled)) {
                CompletableFuture<T> outcome = outcome(received, fault, effect);
                clock.schedule(back, () -> call.follow(outcome));
            }
        });
        return call;
    }

    private <T> CompletableFuture<T> outcome(SimulatedCall call, SimulatedFault fault, Effect<T> effect) {
        String what = call + " on " + name();
        try {
            switch (fault) {
                case LOST_REQUEST -> throw new UnreachableStoreException(what + ": request lost", null);
                case THROTTLED -> throw new ThrottledException(what + ": asked for fewer requests", null);
                case TIMED_OUT -> throw new RequestTimeoutException(what + ": no answer", null);
                case DENIED -> throw new StoreAccessDeniedException(what + ": denied", null);
                case LOST_RACE -> loseRace(call);
                default -> {}
            }
            T result = effect.of(fault);
            switch (fault) {
                case LOST_ANSWER -> throw new UnreachableStoreException(what + ": answer lost", null);
                case CUT_BODY -> throw new DamagedTransferException(what + ": body cut off", null);
                default -> {}
            }
            return CompletableFuture.completedFuture(result);
        } catch (ObjectStoreException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private void loseRace(SimulatedCall call) throws ObjectStoreException {
        if (!call.kind().creates()) {
            throw new UnreachableStoreException(call + " on " + name() + ": request lost", null);
        }
        bucket.create(call.key(), Bytes.random(draw(1000), 1 + draw(100)), clock.now());
    }

    private Duration delay() {
        return Duration.ofNanos(latency.isZero() ? 0 : draw(Math.toIntExact(latency.toMillis() * 2 + 1)) * 1_000_000L);
    }

    private int draw(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    private static ObjectNotFoundException notFound(String key) {
        return new ObjectNotFoundException("there is no '" + key + "' in the simulated bucket", null);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private interface Effect<T> {
        T of(SimulatedFault fault) throws ObjectStoreException;
    }
}
