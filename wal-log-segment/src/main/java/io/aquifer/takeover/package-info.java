/** Takeover of a dead broker's WAL and partitions, as each broker takes part in it, and the dead broker's return. */
@NullMarked
package io.aquifer.takeover;

import org.jspecify.annotations.NullMarked;
