package io.aquifer.move;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Plans moves and sees them through, and plans anew for partitions that weren't as the plan had them.
 *
 * <p>Which replicas a partition has is told by a broker, whose metadata may be seconds behind the controller's while many
 * partitions are moved; what is under way is told by the controller. So a partition whose reassignment ended a moment ago looks as if it
 * had the replicas of before besides the new ones, and nothing was under way. A plan for that isn't carried out: the executor sees it
 * in the meantime, or Kafka refuses it, since it doesn't let the replication factor be changed.
 *
 * <p>Used by one thread.
 */
public final class MoveRounds {

    private static final int MOST = 20;
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final Duration SECOND_LOOK = Duration.ofSeconds(2);

    private final ClusterAdmin admin;
    private final Stopwatch stopwatch;
    private final int concurrency;
    private final Duration timeout;
    private final Consumer<MoveProgress> progress;

    /** As for a {@link MoveExecutor}; the timeout is for all rounds together. */
    public MoveRounds(
            ClusterAdmin admin,
            Stopwatch stopwatch,
            int concurrency,
            Duration timeout,
            Consumer<MoveProgress> progress) {
        this.admin = admin;
        this.stopwatch = stopwatch;
        this.concurrency = concurrency;
        this.timeout = timeout;
        this.progress = progress;
    }

    /**
     * What was done in all rounds.
     *
     * @param plan all moves; what can't be moved, and what is settled, as the last round saw it
     */
    public record Done(MovePlan plan, MoveOutcome outcome) {}

    /**
     * Only plans.
     *
     * @throws MoveRefusedException if nothing can be moved, and couldn't at a second look either: a replica too many, a broker or
     *     a topic that isn't there may be what lagging metadata says
     */
    public MovePlan plan(MovePlanner planner) throws IOException {
        try {
            return planner.plan(ClusterState.of(admin));
        } catch (MoveRefusedException e) {
            stopwatch.pause(SECOND_LOOK);
            return planner.plan(ClusterState.of(admin));
        }
    }

    /**
     * Returns when nothing is left to be moved, or the time is up.
     *
     * @throws MoveRefusedException as above
     */
    public Done run(MovePlanner planner) throws IOException {
        long begin = stopwatch.nanos();
        Map<TopicPartition, MoveResult> results = new LinkedHashMap<>();
        MovePlan plan = plan(planner);
        int settled = plan.settled();
        Set<TopicPartition> outdated = execute(plan, timeout, results);
        for (int round = 1; round < MOST && !outdated.isEmpty() && isInTime(begin); round++) {
            stopwatch.pause(BETWEEN);
            plan = plan(planner);
            results.keySet().removeAll(outdated);
            Set<TopicPartition> planned = plan.partitions();
            settled += (int) outdated.stream()
                    .filter(partition -> !planned.contains(partition))
                    .count();
            outdated = execute(plan, timeout.minus(stopwatch.since(begin)), results);
        }
        List<MoveResult> all = List.copyOf(results.values());
        return new Done(
                new MovePlan(all.stream().map(MoveResult::move).toList(), plan.blocked(), settled),
                new MoveOutcome(all, stopwatch.since(begin)));
    }

    private boolean isInTime(long begin) {
        return stopwatch.since(begin).compareTo(timeout) < 0;
    }

    /** Answers which partitions weren't as the plan has them. */
    private Set<TopicPartition> execute(MovePlan plan, Duration left, Map<TopicPartition, MoveResult> results)
            throws IOException {
        List<MoveResult> round = new MoveExecutor(admin, stopwatch, plan.moves(), concurrency, left, progress)
                .run()
                .results();
        round.forEach(result -> results.put(result.move().partition(), result));
        return round.stream()
                .filter(result -> result.state() == MoveResult.State.OUTDATED)
                .map(result -> result.move().partition())
                .collect(Collectors.toSet());
    }
}
