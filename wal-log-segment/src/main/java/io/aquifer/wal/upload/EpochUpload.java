package io.aquifer.wal.upload;

import io.aquifer.format.WalObjectIndex;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.PutResult;
import io.aquifer.wal.layout.WalFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the blocks of one epoch into objects and those into S3, in order, several at once.
 *
 * <p>A number keeps its bytes, however often it is sent. What another opening of the WAL would put under the numbers that may
 * still be on their way when this process dies has to be the same, too, or what lands late could follow something that it
 * doesn't go on from. Hence where an object ends is known from the blocks alone: in front of the block that would make it too
 * long. Only the last one on its way may end because time was up, and nothing is sent behind it before it is there. Numbers that
 * another opening may have sent go alone too, and so does number 0: the lowest number in the bucket always begins a run.
 */
final class EpochUpload {

    private final UploadContext context;
    private final int nodeId;
    private final long epoch;
    private final long aloneBelow;
    private final boolean own;
    private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
    private @Nullable OpenObject open;
    private long nextSequence;
    private long nextPosition;
    private long uploaded;
    private long readAgainAt;
    private int readFailures;

    /**
     * @param first the next number of the epoch
     * @param aloneBelow nothing is sent behind a number below this before it is there; 1 or more
     * @param firstPosition where the blocks begin that aren't in S3
     * @param own whether it is this opening's epoch. What is created in an earlier one proves no ownership: whoever takes the WAL
     *     over seals the epochs that the bucket knows, and of that one it may know nothing
     */
    EpochUpload(UploadContext context, WalObjectName first, long aloneBelow, long firstPosition, boolean own) {
        this.context = context;
        this.nodeId = first.nodeId();
        this.epoch = first.epoch();
        this.aloneBelow = aloneBelow;
        this.own = own;
        this.nextSequence = first.sequence();
        this.nextPosition = firstPosition;
        this.uploaded = firstPosition;
        this.readAgainAt = context.now();
    }

    /**
     * A number that another object has.
     *
     * @param position where the object begins that was to have the number
     */
    record Taken(WalObjectName name, long position) {}

    /** An object on its way. */
    private static final class Sent {
        private final OpenObject object;
        private final long bytes;
        private final boolean cutByTime;
        private final Repeated<PutResult> request;
        private @Nullable PutResult result;
        private int sends;

        private Sent(OpenObject object, UploadContext context, boolean cutByTime) {
            this.object = object;
            this.cutByTime = cutByTime;
            WalObjectIndex index = object.index();
            ObjectBody body = object.body(context.source());
            this.bytes = body.length();
            this.request = new Repeated<>("uploading WAL object " + object.name(), context, () -> {
                context.observer().sent(bytes, sends++ > 0);
                return context.objects().create(index, body);
            });
        }
    }

    /** Position below which everything is in S3, in an unbroken run. */
    long uploaded() {
        return uploaded;
    }

    /** The number that the next object gets. */
    WalObjectName next() {
        return new WalObjectName(nodeId, epoch, nextSequence);
    }

    /** Whether nothing is on its way or being put together. */
    boolean isIdle() {
        return inFlight.isEmpty() && open == null;
    }

    /**
     * Does what there is to do.
     *
     * @param end position up to which there are blocks
     * @param atOnce whether what there is isn't to wait for more
     * @return what was to be sent under a number that another object has, or nothing. There is nothing more to be done here then
     * @throws IOException if the WAL can't go on
     */
    Optional<Taken> step(long end, boolean atOnce) throws IOException {
        Optional<Taken> taken = answers();
        if (taken.isEmpty()) {
            fill(end, atOnce);
        }
        return taken;
    }

    private Optional<Taken> answers() throws IOException {
        for (Sent sent : inFlight) {
            if (sent.result == null) {
                sent.result = sent.request.poll().orElse(null);
            }
            if (sent.result == PutResult.OTHER_EXISTS) {
                return Optional.of(new Taken(sent.object.name(), sent.object.start()));
            }
        }
        for (Iterator<Sent> each = inFlight.iterator(); each.hasNext(); ) {
            Sent first = each.next();
            if (first.result == null) {
                break;
            }
            each.remove();
            count(first);
        }
        return Optional.empty();
    }

    /** All in front of it is in S3, and so is it. */
    private void count(Sent sent) {
        uploaded = sent.object.end();
        if (own) {
            boolean now = sent.result == PutResult.CREATED;
            context.lease().renew(now ? sent.request.sentAt() : sent.request.firstSentAt());
        }
        context.source().uploaded(uploaded);
        context.observer().uploaded(sent.bytes, sent.object.blocks(), context.now() - sent.object.since());
    }

    private void fill(long end, boolean atOnce) throws IOException {
        long now = context.now();
        while (mayFill() && now - readAgainAt >= 0) {
            OpenObject object = open;
            if (object == null) {
                if (nextPosition >= end) {
                    return;
                }
                object = new OpenObject(next(), context.opened(), nextPosition, now);
                open = object;
            }
            if (object.end() < end) {
                if (!take(object)) {
                    send(object, false);
                }
            } else {
                boolean due = atOnce
                        || now - object.since() >= context.settings().interval().toNanos();
                if (due) {
                    send(object, true);
                }
                return;
            }
        }
    }

    private boolean mayFill() {
        Sent last = inFlight.peekLast();
        return last == null
                || (inFlight.size() < context.settings().objectsInFlight()
                        && !last.cutByTime
                        && last.object.name().sequence() >= aloneBelow);
    }

    /** Answers false if the next block doesn't fit any more. */
    private boolean take(OpenObject object) throws IOException {
        boolean[] taken = {true};
        try {
            context.source()
                    .use(
                            object.end(),
                            bytes -> taken[0] =
                                    object.add(bytes, context.settings().objectBytes()));
            readFailures = 0;
        } catch (WalFormatException e) {
            throw e;
        } catch (IOException e) {
            readFailures++;
            readAgainAt = context.now() + context.backoffNanos(readFailures);
            context.observer().failed("reading the block at position " + object.end() + " back", readFailures, e);
        }
        return taken[0];
    }

    private void send(OpenObject object, boolean cutByTime) throws IOException {
        Sent sent = new Sent(object, context, cutByTime);
        inFlight.addLast(sent);
        nextSequence++;
        nextPosition = object.end();
        open = null;
        sent.result = sent.request.poll().orElse(null);
    }

    /** When there is something to do even if no answer and no block comes. */
    long nextAt() {
        long next = Long.MAX_VALUE;
        for (Sent sent : inFlight) {
            next = Math.min(next, sent.result == null ? sent.request.nextAt() : Long.MAX_VALUE);
        }
        OpenObject object = open;
        if (object != null && mayFill()) {
            long due = object.since() + context.settings().interval().toNanos();
            next = Math.min(next, readFailures > 0 ? readAgainAt : due);
        }
        return next;
    }

    void cancel() {
        inFlight.forEach(sent -> sent.request.cancel());
    }
}
