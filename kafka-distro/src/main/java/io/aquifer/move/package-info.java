/**
 * Planned moves of partitions between brokers that live: what is to go where, and seeing it through.
 *
 * <p>A move is an ordinary reassignment, asked for by way of Kafka's Admin API like any other; this room knows nothing of WALs
 * or buckets. Planners are pure functions of a {@link io.aquifer.move.ClusterState}; one executor carries all plans out.
 */
@NullMarked
package io.aquifer.move;

import org.jspecify.annotations.NullMarked;
