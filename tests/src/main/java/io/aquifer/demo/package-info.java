/** {@code ./aquifer demo}: a broker is killed under load, and every acknowledged record is there afterwards. */
@NullMarked
package io.aquifer.demo;

import org.jspecify.annotations.NullMarked;
