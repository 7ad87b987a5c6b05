/**
 * Keeps the logs that Kafka doesn't tier in S3 as well: their closed segments as segment objects, and which of these make up the
 * log as the partition's snapshot.
 */
@NullMarked
package io.aquifer.mirror;

import org.jspecify.annotations.NullMarked;
