/**
 * Kafka's tiered storage (KIP-405) on top of {@code io.aquifer.object}.
 */
@NullMarked
package io.aquifer.remote;

import org.jspecify.annotations.NullMarked;
