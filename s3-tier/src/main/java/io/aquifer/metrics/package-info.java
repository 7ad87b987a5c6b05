/**
 * Metrics through Kafka's own classes for them, so that what exports the broker's exports these.
 */
@NullMarked
package io.aquifer.metrics;

import org.jspecify.annotations.NullMarked;
