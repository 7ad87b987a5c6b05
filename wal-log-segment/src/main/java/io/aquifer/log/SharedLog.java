package io.aquifer.log;

/** The shared-storage state of one Kafka log. */
public final class SharedLog {}
