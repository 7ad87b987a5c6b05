package io.aquifer.move;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * A move that makes brokers' loads more even.
 *
 * @param load that goes with the partition
 * @param relieved by which measure it helps most
 * @param fromShare how many times the mean of that measure the broker has that the partition leaves, after the moves before
 * @param toShare how many times the mean the broker has that gets it
 */
public record BalanceMove(
        TopicPartition partition, int from, int to, Load load, Measure relieved, double fromShare, double toShare) {

    /** What is to be done for it. */
    public Move move() {
        return new Move(partition, List.of(from), List.of(to), false);
    }
}
