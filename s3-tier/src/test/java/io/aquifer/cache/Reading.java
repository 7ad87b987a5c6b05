package io.aquifer.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A read on a thread of its own. */
final class Reading<T> {

    private final FutureTask<T> task;
    private final Thread thread;

    private Reading(Callable<T> read) {
        task = new FutureTask<>(read);
        thread = new Thread(task, "reader");
        thread.setDaemon(true);
        thread.start();
    }

    static <T> Reading<T> start(Callable<T> read) {
        return new Reading<>(read);
    }

    /** A read that waits for a chunk or for memory by the time this returns. */
    static <T> Reading<T> waiting(Callable<T> read) {
        Reading<T> reading = new Reading<>(read);
        Eventually.eventually("a reader that waits", reading::waits);
        return reading;
    }

    boolean waits() {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    void interrupt() {
        thread.interrupt();
    }

    T result() throws Exception {
        return task.get(60, TimeUnit.SECONDS);
    }

    Throwable failure() throws Exception {
        try {
            throw new AssertionError("succeeded with " + result());
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
