package io.aquifer.object;

import java.util.concurrent.CompletionException;

/** Finds what went wrong in what futures throw. */
public final class Failures {

    private Failures() {}

    /** The failure itself, without what stages of futures wrap it in. */
    public static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
