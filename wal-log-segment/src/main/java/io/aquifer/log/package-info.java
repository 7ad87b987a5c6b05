/**
 * What one Kafka log, segment and partition is to the WAL. The classes woven into Kafka meet the WAL here.
 */
@NullMarked
package io.aquifer.log;

import org.jspecify.annotations.NullMarked;
