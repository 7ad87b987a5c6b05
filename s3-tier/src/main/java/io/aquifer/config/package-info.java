/**
 * The settings with which the bucket is reached, as Kafka's {@code ConfigDef} has them: of all that Kafka is, only {@code
 * org.apache.kafka.common.config} is known here.
 */
@NullMarked
package io.aquifer.config;

import org.jspecify.annotations.NullMarked;
