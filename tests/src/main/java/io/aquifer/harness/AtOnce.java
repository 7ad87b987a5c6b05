package io.aquifer.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Objects;

/** Does at once for several what waits for a process of its own. */
final class AtOnce {

    private AtOnce() {}

    /** What is done for each. */
    @FunctionalInterface
    interface Action<T> {
        void accept(T each) throws IOException;
    }

    /** Returns when it is done for all of them, or fails as one of them did. */
    static <T> void forEach(Collection<T> all, Action<T> action) throws IOException {
        try {
            all.parallelStream().forEach(each -> {
                try {
                    action.accept(each);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }
}
