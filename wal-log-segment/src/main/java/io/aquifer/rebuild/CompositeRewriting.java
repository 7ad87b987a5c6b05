package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CompositeRewriter;
import io.aquifer.format.CompositeRewriter.Outcome;
import io.aquifer.format.SegmentContent;
import io.aquifer.format.SegmentName;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.layout.LogId;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites the composite segments of a broker's partitions as plain ones, in the background, one at a time.
 *
 * <p>Composite segments are made by rebuilding only, before the logs are opened. So every partition is looked at once, and
 * again for as long as it has some.
 */
public final class CompositeRewriting {

    private static final Logger LOG = LoggerFactory.getLogger(CompositeRewriting.class);

    private final ObjectStore store;
    private final Supplier<ObjectStore> copying;
    private final ClusterKeys keys;
    private final Supplier<Collection<LogId>> logs;
    private final long intervalNanos;
    private final Thread thread;
    /** Logs whose partition has no composite segment; owned by whoever calls {@link #pass}. */
    private final Set<LogId> done = new HashSet<>();

    private volatile boolean closing;

    /**
     * @param store looked at for composite segments
     * @param copying opens the store that they are copied with, whose memory and requests are nobody else's; closed when there
     *     is nothing left to copy
     * @param logs the broker's logs at the time
     * @param interval between two passes
     */
    public CompositeRewriting(
            ObjectStore store,
            Supplier<ObjectStore> copying,
            ClusterKeys keys,
            Supplier<Collection<LogId>> logs,
            Duration interval) {
        this.store = store;
        this.copying = copying;
        this.keys = keys;
        this.logs = logs;
        this.intervalNanos = interval.toNanos();
        this.thread = new Thread(this::run, "aquifer-rewrite");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                pass();
            } catch (IOException | RuntimeException e) {
                if (!closing) {
                    LOG.warn(
                            "Rewriting composite segments was interrupted, and goes on in {} ms",
                            intervalNanos / 1_000_000,
                            e);
                }
            }
            if (!closing) {
                LockSupport.parkNanos(this, intervalNanos);
            }
        }
    }

    /**
     * Looks at the partitions that aren't done, and rewrites what they have.
     *
     * @throws IOException if the bucket can't be listed; what was rewritten stays
     */
    void pass() throws IOException {
        Collection<LogId> current = logs.get();
        done.retainAll(current);
        ObjectStore opened = null;
        try {
            for (LogId log : current) {
                if (closing) {
                    return;
                }
                if (!done.contains(log)) {
                    List<SegmentName> found =
                            StoreWait.untilDone(CompositeRewriter.list(store, keys, log.topicId(), log.partition()));
                    if (found.isEmpty()) {
                        done.add(log);
                    } else {
                        opened = opened == null ? copying.get() : opened;
                        rewrite(found, new CompositeRewriter(opened, keys, SegmentContent.DEFAULT_CHUNK_BYTES));
                    }
                }
            }
        } finally {
            if (opened != null) {
                opened.close();
            }
        }
    }

    private void rewrite(List<SegmentName> composites, CompositeRewriter rewriter) {
        for (SegmentName name : composites) {
            if (closing) {
                return;
            }
            try {
                Outcome outcome = StoreWait.untilDone(rewriter.rewrite(name));
                LOG.info("Composite segment '{}' in {}: {}", keys.composite(name), store.name(), inWords(outcome));
            } catch (IOException e) {
                if (!closing) {
                    LOG.warn(
                            "Composite segment '{}' in {} couldn't be rewritten; it stays, and is tried again",
                            keys.composite(name),
                            store.name(),
                            e);
                }
            }
        }
    }

    private static String inWords(Outcome outcome) {
        return switch (outcome) {
            case REWRITTEN -> "rewritten as a plain one";
            case EXISTED -> "deleted, since a plain one has taken its place";
            case NOT_PROMISED -> "left alone until the partition's leader knows it";
            case GONE -> "its segment is being deleted";
        };
    }

    /** Ends the thread. What is under way is given up, and done again later. */
    public void stop() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        thread.interrupt();
        thread.join();
    }
}
