package io.aquifer.move;

/**
 * Why Kafka refused a reassignment.
 *
 * @param outdated whether the partition hasn't as many replicas as whoever asked took it to have
 * @param why in Kafka's words
 */
public record Refusal(boolean outdated, String why) {}
