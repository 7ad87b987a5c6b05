package io.aquifer.coverage;

import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A collector that does round after round on a thread of its own, which only runs while it is let go on by one call to its store.
 * It can be left to sleep between any two calls, and be killed there.
 */
final class SteppedCollector {

    private final Semaphore go = new Semaphore(0);
    private final Semaphore waiting = new Semaphore(0);
    private final Thread thread;
    private SimulatedFault fault = SimulatedFault.NONE;
    private boolean killed;
    private @Nullable Throwable failure;
    private int rounds;

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    SteppedCollector(SimulatedObjectStore store, Function<SteppedStore, Collector> maker) {
        Collector collector = maker.apply(new SteppedStore(store, this::await));
        thread = new Thread(() -> run(collector), "collector");
        thread.setDaemon(true);
        thread.start();
        waiting.acquireUninterruptibly();
    }

    private SimulatedFault await() {
        waiting.release();
        go.acquireUninterruptibly();
        if (killed) {
            throw new Killed();
        }
        return fault;
    }

    private void run(Collector collector) {
        try {
            while (true) {
                try {
                    collector.round();
                    rounds++;
                } catch (InvariantViolatedException e) {
                    throw e;
                } catch (IOException e) {
                    // the next round goes on
                }
            }
        } catch (Killed e) {
            // as it was told
        } catch (Throwable e) {
            failure = e;
        }
        waiting.release();
    }

    /** Lets one call happen, and returns when the collector waits for its next. */
    void step(SimulatedFault how) {
        fault = how;
        go.release();
        waiting.acquireUninterruptibly();
        if (failure != null) {
            throw new AssertionError("the collector failed", failure);
        }
    }

    /** How many rounds it has ended. */
    int rounds() {
        return rounds;
    }

    void kill() {
        killed = true;
        go.release();
        waiting.acquireUninterruptibly();
    }
}
