package io.aquifer.remote;

import io.aquifer.object.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Stores that misbehave. */
final class Stores {

    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private Stores() {}

    /**
     * A store of which some calls are answered otherwise.
     *
     * @param answers by the name of the method: what it returns instead, or null to do as {@code store} does
     */
    static ObjectStore answering(ObjectStore store, Function<String, CompletableFuture<?>> answers) {
        return (ObjectStore) Proxy.newProxyInstance(
                Stores.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    CompletableFuture<?> answer = answers.apply(method.getName());
                    if (answer != null) {
                        return answer;
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Calls by that name, which never end by themselves. */
    static final class Hanging implements Function<String, CompletableFuture<?>> {
        private final String method;

        Hanging(String method) {
            this.method = method;
        }

        @Override
        public CompletableFuture<?> apply(String called) {
            if (!called.equals(method)) {
                return null;
            }
            return new CompletableFuture<>();
        }
    }

    /** Waits for what another thread is to bring about. */
    static void awaitUntil(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("It did not come about in " + PATIENCE_NANOS / 1_000_000_000 + " s");
            }
            Thread.onSpinWait();
        }
    }
}
