package io.aquifer.harness;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Undoes what was set up, last thing first: when closed, and also when the JVM is told to end before that (Ctrl-C).
 */
public final class Cleanup implements AutoCloseable {

    private final Deque<AutoCloseable> pending = new ArrayDeque<>();
    private final Thread hook = new Thread(this::undo, "cleanup");

    public Cleanup() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Registers something to close and returns it. */
    public synchronized <T extends AutoCloseable> T add(T resource) {
        pending.push(resource);
        return resource;
    }

    @Override
    public void close() {
        undo();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook finds nothing left to do.
            return;
        }
    }

    private synchronized void undo() {
        while (!pending.isEmpty()) {
            AutoCloseable resource = pending.pop();
            try {
                resource.close();
            } catch (Exception e) {
                System.err.println("Could not clean up " + resource + ": " + e);
            }
        }
    }
}
