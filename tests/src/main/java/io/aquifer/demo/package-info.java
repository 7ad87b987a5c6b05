/** {@code ./aquifer demo}: one of three brokers is lost under load, another drained, and every acknowledged record is there. */
@NullMarked
package io.aquifer.demo;

import org.jspecify.annotations.NullMarked;
