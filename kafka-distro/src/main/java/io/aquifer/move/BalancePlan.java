package io.aquifer.move;

import java.util.List;

/**
 * How loads can be made more even.
 *
 * @param brokers by id
 * @param moves in the order in which they help most
 * @param movable number of partitions that could be moved
 * @param leaderless number of partitions without a leader that is alive, which count for nobody
 */
public record BalancePlan(List<BrokerLoad> brokers, List<BalanceMove> moves, int movable, int leaderless) {

    /** What a broker carries, and what it would carry after all moves. */
    public record BrokerLoad(Broker broker, Load before, Load after) {}
}
