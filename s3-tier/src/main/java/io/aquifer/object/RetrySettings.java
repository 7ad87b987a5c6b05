package io.aquifer.object;

import java.time.Duration;

/**
 * How a failed attempt is repeated: after a delay that doubles with every attempt up to a limit, and of
 * which half is random.
 *
 * @param maxAttempts attempts in all, 1 or more
 * @param delay first delay after a failure, 2 ms or more
 * @param throttledDelay first delay after the store asked for fewer requests
 * @param maxDelay limit of both
 */
public record RetrySettings(int maxAttempts, Duration delay, Duration throttledDelay, Duration maxDelay) {

    /** Seven attempts, which bridge five seconds of failures, or twenty of throttling. */
    public static final RetrySettings DEFAULT =
            new RetrySettings(7, Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(10));

    public RetrySettings {
        if (maxAttempts < 1 || delay.toMillis() < 2 || throttledDelay.toMillis() < 2 || maxDelay.toMillis() < 2) {
            throw new IllegalArgumentException(maxAttempts + " attempts with delays of " + delay + " and "
                    + throttledDelay + " up to " + maxDelay + ", not 1 or more and delays of 2 ms or more");
        }
    }
}
