package io.aquifer.garbage;

import io.aquifer.coverage.ChangedMeanwhileException;
import io.aquifer.coverage.CollectionRound;
import io.aquifer.coverage.InvariantViolatedException;
import io.aquifer.coverage.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does a round of garbage collection in each interval, on a thread of its own that nothing else waits for. */
public final class GarbageCollection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GarbageCollection.class);

    /** What is done in a round. */
    interface Rounds {
        CollectionRound next() throws IOException;
    }

    private final Rounds rounds;
    private final AutoCloseable resources;
    private final Duration interval;
    private final GarbageMetrics metrics = new GarbageMetrics();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    /** Of the collecting thread: what it has said already, and needn't say in each round. */
    private List<Problem> told = List.of();

    /** @param resources of the rounds, closed when there won't be another */
    GarbageCollection(Rounds rounds, AutoCloseable resources, Duration interval) {
        this.rounds = rounds;
        this.resources = resources;
        this.interval = interval;
        this.thread = new Thread(this::run, "aquifer-garbage-collection");
        thread.setDaemon(true);
    }

    /** The first round is an interval away. */
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            boolean goOn = true;
            while (goOn && !stopping.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                goOn = round();
            }
        } catch (InterruptedException e) {
            LOG.debug("Garbage collection was interrupted", e);
        } catch (Error e) {
            LOG.error("Garbage collection broke, and rests until this broker is restarted", e);
            metrics.stopped();
            throw e;
        }
    }

    /** Whether there may be another round. */
    private boolean round() {
        try {
            CollectionRound round = rounds.next();
            metrics.round(round);
            tell(round);
        } catch (InvariantViolatedException e) {
            metrics.stopped();
            LOG.error("No garbage is collected by this broker any more, until it is restarted", e);
            return false;
        } catch (ChangedMeanwhileException e) {
            LOG.debug("A round of garbage collection came to nothing, since the bucket changed meanwhile", e);
        } catch (IOException | RuntimeException e) {
            if (stopping.getCount() > 0) {
                metrics.failed();
                LOG.warn(
                        "A round of garbage collection failed, and the next one in {} ms tries again. No record is in danger, but"
                                + " the bucket grows for as long as this goes on. See to it that the bucket can be reached, and that"
                                + " this broker may list it and read, create and delete its objects: {}",
                        interval.toMillis(),
                        e.getMessage(),
                        e);
            }
        }
        return true;
    }

    private void tell(CollectionRound round) {
        if (round.changedSomething()) {
            LOG.info(
                    "Collected garbage: deleted {} WAL objects and {} others of {} bytes in all, aborted {} uploads, condemned {}"
                            + " to be deleted later; {} WAL objects of {} bytes are left",
                    round.deleted().walObjects(),
                    round.deleted().others(),
                    round.deleted().bytes(),
                    round.abortedUploads(),
                    round.condemned(),
                    round.left().objects(),
                    round.left().bytes());
        }
        round.topicsUnknown()
                .ifPresent(why -> LOG.warn(
                        "No topic was taken for deleted in this round of garbage collection, for it can't be said which ones there"
                                + " are: {}",
                        why));
        if (round.onDuty()) {
            round.problems().stream().filter(problem -> !told.contains(problem)).forEach(GarbageCollection::tell);
            told = round.problems();
        }
    }

    private static void tell(Problem problem) {
        LOG.warn(
                "'{}' is left alone by garbage collection, with all that it may need: {}. `aquifer storage verify` says what"
                        + " else it concerns",
                problem.key(),
                problem.what());
    }

    /** Ends the round that is under way, if one is. What it did so far is whole. */
    @Override
    public void close() {
        stopping.countDown();
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        try {
            resources.close();
        } catch (Exception e) {
            LOG.warn("What garbage collection used wasn't given back", e);
        }
        metrics.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
