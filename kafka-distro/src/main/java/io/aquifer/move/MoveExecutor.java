package io.aquifer.move;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Sees moves through: begins as many reassignments at a time as it may, and the next ones as they are done.
 *
 * <p>What Kafka was told goes on without whoever told it, so that nothing is to be undone when this is cut off. A partition of
 * which somebody else asks something in the meantime is left to them. Between the look at a partition and the request for it
 * there is a moment in which somebody else's request is overwritten all the same: Kafka has no condition for that.
 *
 * <p>Used once, by one thread.
 */
public final class MoveExecutor {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    /** A broker that is asked for the metadata may be that much behind the controller, which knows what is under way. */
    private static final Duration METADATA_LAG = Duration.ofSeconds(10);

    private final ClusterAdmin admin;
    private final Stopwatch stopwatch;
    private final List<Move> moves;
    private final int concurrency;
    private final Duration timeout;
    private final Consumer<MoveProgress> progress;

    private final Deque<Move> waiting;
    private final Map<TopicPartition, UnderWay> underWay = new LinkedHashMap<>();
    private final Map<TopicPartition, MoveResult> ended = new HashMap<>();

    /**
     * @param moves of different partitions
     * @param concurrency how many reassignments are under way at a time at most
     * @param timeout for how long to begin reassignments and wait for them
     * @param progress is told of every look at the cluster
     */
    public MoveExecutor(
            ClusterAdmin admin,
            Stopwatch stopwatch,
            List<Move> moves,
            int concurrency,
            Duration timeout,
            Consumer<MoveProgress> progress) {
        this.admin = admin;
        this.stopwatch = stopwatch;
        this.moves = moves;
        this.concurrency = concurrency;
        this.timeout = timeout;
        this.progress = progress;
        this.waiting = new ArrayDeque<>(moves);
    }

    /** A move whose reassignment Kafka has accepted. */
    private static final class UnderWay {
        private final Move move;
        private @Nullable Long goneSince;

        private UnderWay(Move move) {
            this.move = move;
        }
    }

    /** Returns when all moves have ended, or the time is up. */
    public MoveOutcome run() throws IOException {
        long begin = stopwatch.nanos();
        while (!isDone()) {
            try {
                lookAndGoOn();
            } catch (ClusterRequestException e) {
                throw new ClusterRequestException(
                        e.getMessage() + ". " + underWay.size() + " reassignments that were begun go on", e);
            }
            progress.accept(new MoveProgress(
                    moves.size(), moved(), ended.size() - moved(), underWay.size(), stopwatch.since(begin)));
            if (stopwatch.since(begin).compareTo(timeout) >= 0) {
                break;
            }
            if (!isDone()) {
                stopwatch.pause(BETWEEN_LOOKS);
            }
        }
        return new MoveOutcome(moves.stream().map(this::result).toList(), stopwatch.since(begin));
    }

    private boolean isDone() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    private int moved() {
        return (int) ended.values().stream()
                .filter(result -> result.state() == MoveResult.State.MOVED)
                .count();
    }

    private void lookAndGoOn() throws ClusterRequestException {
        List<Move> next = waiting.stream().limit(concurrency).toList();
        Set<String> topics = Stream.concat(
                        underWay.keySet().stream(), next.stream().map(Move::partition))
                .map(TopicPartition::topic)
                .collect(Collectors.toSet());
        Map<TopicPartition, PartitionState> states = admin.partitions(topics).stream()
                .collect(Collectors.toMap(PartitionState::partition, Function.identity()));
        for (Iterator<UnderWay> all = underWay.values().iterator(); all.hasNext(); ) {
            UnderWay one = all.next();
            if (hasEnded(one, states.get(one.move.partition()))) {
                all.remove();
            }
        }
        begin(next, states);
    }

    private boolean hasEnded(UnderWay one, @Nullable PartitionState state) {
        Move move = one.move;
        if (state != null && state.isSettledOn(move.to())) {
            end(move, MoveResult.State.MOVED, null);
            return true;
        }
        if (state != null && state.reassigning() && !state.target().equals(move.to())) {
            fail(move, "Somebody else's reassignment, to " + state.target() + ", has taken the place of this one");
            return true;
        }
        if (state != null && state.target().equals(move.to())) {
            one.goneSince = null;
            return false;
        }
        return isGoneForGood(
                one,
                state == null
                        ? "It doesn't exist any more"
                        : "Its reassignment was cancelled: its replicas are on " + state.replicas());
    }

    private boolean isGoneForGood(UnderWay one, String problem) {
        Long since = one.goneSince;
        if (since == null) {
            one.goneSince = stopwatch.nanos();
            return false;
        }
        boolean forGood = stopwatch.since(since).compareTo(METADATA_LAG) > 0;
        if (forGood) {
            fail(one.move, problem);
        }
        return forGood;
    }

    private void begin(List<Move> next, Map<TopicPartition, PartitionState> states) throws ClusterRequestException {
        Map<TopicPartition, Move> requested = new LinkedHashMap<>();
        for (Move move : next) {
            if (underWay.size() + requested.size() == concurrency) {
                break;
            }
            waiting.remove();
            if (isToBeRequested(move, states.get(move.partition()))) {
                requested.put(move.partition(), move);
            }
        }
        if (requested.isEmpty()) {
            return;
        }
        Map<TopicPartition, List<Integer>> targets = new LinkedHashMap<>();
        requested.forEach((partition, move) -> targets.put(partition, move.to()));
        Map<TopicPartition, Refusal> refusals = admin.reassign(targets);
        requested.forEach((partition, move) -> {
            Refusal refusal = refusals.get(partition);
            if (refusal == null) {
                underWay.put(partition, new UnderWay(move));
            } else {
                end(move, refusal.outdated() ? MoveResult.State.OUTDATED : MoveResult.State.FAILED, refusal.why());
            }
        });
    }

    private boolean isToBeRequested(Move move, @Nullable PartitionState state) {
        if (state == null) {
            fail(move, "It doesn't exist any more");
        } else if (state.isSettledOn(move.to())) {
            end(move, MoveResult.State.MOVED, null);
        } else if (state.target().equals(move.to())) {
            underWay.put(move.partition(), new UnderWay(move));
        } else if (state.reassigning()) {
            fail(move, "Somebody else's reassignment, to " + state.target() + ", is under way, which is left alone");
        } else if (!state.replicas().equals(move.from())) {
            end(
                    move,
                    MoveResult.State.OUTDATED,
                    "It isn't as it was when this was planned: its replicas are on " + state.replicas());
        } else {
            return true;
        }
        return false;
    }

    private void fail(Move move, String problem) {
        end(move, MoveResult.State.FAILED, problem);
    }

    private void end(Move move, MoveResult.State state, @Nullable String problem) {
        ended.put(move.partition(), new MoveResult(move, state, problem));
    }

    private MoveResult result(Move move) {
        MoveResult result = ended.get(move.partition());
        if (result != null) {
            return result;
        }
        return new MoveResult(
                move,
                underWay.containsKey(move.partition()) ? MoveResult.State.UNDER_WAY : MoveResult.State.NOT_BEGUN,
                null);
    }
}
