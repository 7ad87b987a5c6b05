/**
 * The advice that is woven into Kafka's classes, and the one class it calls.
 */
@NullMarked
package io.aquifer.seam;

import org.jspecify.annotations.NullMarked;
