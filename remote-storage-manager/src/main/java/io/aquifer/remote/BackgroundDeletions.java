package io.aquifer.remote;

import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes objects on a thread of its own, in batches, until it succeeds. What was asked for is noted in a journal first, and
 * taken up again by the next process.
 */
final class BackgroundDeletions implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundDeletions.class);
    private static final int BATCH = 1000;

    private final ObjectStore store;
    private final DeletionJournal journal;
    private final Duration firstDelay;
    private final Duration maxDelay;
    private final Thread thread = new Thread(this::run, "aquifer-s3-deletions");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. */
    private boolean closed;

    /**
     * Begins with what the journal holds.
     *
     * @param firstDelay after a failure; it doubles with every further one
     * @param maxDelay limit of the delay
     */
    BackgroundDeletions(ObjectStore store, DeletionJournal journal, Duration firstDelay, Duration maxDelay) {
        this.store = store;
        this.journal = journal;
        this.firstDelay = firstDelay;
        this.maxDelay = maxDelay;
        thread.setDaemon(true);
        thread.start();
    }

    /** Promises that an object will be deleted: the promise is durable when this returns. */
    void promise(String key) throws IOException {
        if (journal.add(key)) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether an object is to be deleted and may not have been yet. */
    boolean awaits(String key) {
        return journal.contains(key);
    }

    private void run() {
        Duration delay = firstDelay;
        try {
            while (true) {
                List<String> keys = next();
                try {
                    StoreWait.untilDone(store.delete(keys));
                    journal.done(keys);
                    delay = firstDelay;
                } catch (InterruptedIOException e) {
                    return;
                } catch (Throwable e) {
                    LOG.warn(
                            "{} objects, beginning with '{}', could not be deleted from {}; trying again in {} ms",
                            keys.size(),
                            keys.get(0),
                            store.name(),
                            delay.toMillis(),
                            e);
                    pause(delay);
                    delay = delay.multipliedBy(2).compareTo(maxDelay) < 0 ? delay.multipliedBy(2) : maxDelay;
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Deletions end, {} are left for the next start", journal.size());
        }
    }

    private List<String> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                List<String> keys = journal.oldest(BATCH);
                if (closed) {
                    throw new InterruptedException("closed");
                }
                if (!keys.isEmpty()) {
                    return keys;
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void pause(Duration delay) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = delay.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops; what isn't deleted is left to the next process. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        journal.close();
    }
}
