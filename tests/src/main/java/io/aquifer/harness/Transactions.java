package io.aquifer.harness;

import org.apache.kafka.common.errors.TimeoutException;

/** What transactional producers have in common. */
public final class Transactions {

    private Transactions() {}

    /**
     * Initialises, commits or aborts. Kafka allows each of these calls to be repeated after a timeout, and none of them to
     * be given up.
     */
    public static void untilItAnswers(Runnable call) {
        boolean answered = false;
        while (!answered) {
            try {
                call.run();
                answered = true;
            } catch (TimeoutException e) {
                answered = false;
            }
        }
    }
}
