package io.aquifer.object;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * So many bytes in a second, and what was not used in the last one. Turns come in the order of asking and take no thread. What
 * is longer than a second's worth has its turn too, and those after it wait the longer.
 */
final class ByteRate implements ByteLimit {

    /** A bucket takes a token a nanosecond at most, which as bytes would be too few for a fast network. */
    private static final int TOKEN_BYTES = 1024;

    private static final long MOST_TOKENS = 1_000_000_000;

    private final Bucket bucket;
    private final ScheduledExecutorService timer;

    /**
     * @param bytesPerSecond above 0, rounded up to whole KiB; beyond a TB there is no difference
     * @param timer runs what waits for its turn; it stays the caller's
     */
    ByteRate(long bytesPerSecond, TimeMeter clock, ScheduledExecutorService timer) {
        long rate = Math.min(MOST_TOKENS, tokens(bytesPerSecond));
        this.bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(rate).refillGreedy(rate, Duration.ofSeconds(1)))
                .withCustomTimePrecision(clock)
                .build();
        this.timer = timer;
    }

    private static long tokens(long bytes) {
        return (bytes - 1) / TOKEN_BYTES + 1;
    }

    @Override
    public CompletableFuture<Void> pass(long bytes) {
        if (bytes == 0) {
            return CompletableFuture.completedFuture(null);
        }
        long tokens = tokens(bytes);
        CompletableFuture<Void> turn = bucket.asScheduler().consume(tokens, timer);
        CompletableFuture<?> unused = turn.whenComplete((passed, failure) -> {
            if (turn.isCancelled()) {
                bucket.addTokens(tokens);
            }
        });
        return turn;
    }
}
