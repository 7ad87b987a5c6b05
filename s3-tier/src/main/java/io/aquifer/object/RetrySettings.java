package io.aquifer.object;

import java.time.Duration;

/**
 * How a failed attempt is repeated: after a random part of a delay that doubles with every attempt up to a limit.
 *
 * @param maxAttempts attempts in all, 1 or more
 * @param delay first delay after a failure
 * @param throttledDelay first delay after the store asked for fewer requests
 * @param maxDelay limit of both
 */
public record RetrySettings(int maxAttempts, Duration delay, Duration throttledDelay, Duration maxDelay) {

    /** Seven attempts, which bridge some ten seconds on average. */
    public static final RetrySettings DEFAULT =
            new RetrySettings(7, Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(10));

    public RetrySettings {
        if (maxAttempts < 1 || delay.isNegative() || throttledDelay.isNegative() || maxDelay.isNegative()) {
            throw new IllegalArgumentException(maxAttempts + " attempts with delays of " + delay + " and "
                    + throttledDelay + " up to " + maxDelay);
        }
    }
}
