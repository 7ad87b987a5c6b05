package io.aquifer.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Consumers that read segments side by side, each its own ones from the first to the last. */
final class Readers {

    /** Reads a segment to its end, with a buffer that belongs to the consumer. */
    @FunctionalInterface
    interface Reading<S> {
        void read(S segment, byte[] buffer) throws Exception;
    }

    /** Most bytes that a consumer asks for at once: the default of its {@code max.partition.fetch.bytes}. */
    static final int FETCH_BYTES = 1 << 20;

    private Readers() {}

    /** Answers how many nanoseconds it took until the last consumer had read its last segment. */
    static <S> long read(int readers, List<S> segments, Reading<S> reading) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(readers);
        try {
            List<Callable<Void>> consumers = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                int first = i;
                consumers.add(() -> {
                    byte[] buffer = new byte[FETCH_BYTES];
                    for (int s = first; s < segments.size(); s += readers) {
                        reading.read(segments.get(s), buffer);
                    }
                    return null;
                });
            }
            // gives back the direct memory of the measurement before, which would be collected in this one
            System.gc();
            long begin = System.nanoTime();
            for (Future<Void> consumer : threads.invokeAll(consumers)) {
                consumer.get();
            }
            return System.nanoTime() - begin;
        } catch (ExecutionException e) {
            throw new IllegalStateException("A consumer could not read on", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
