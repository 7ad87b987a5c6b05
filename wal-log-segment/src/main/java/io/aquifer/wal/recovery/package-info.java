/**
 * What a dead process may have left on the device, and what of it counts.
 */
@NullMarked
package io.aquifer.wal.recovery;

import org.jspecify.annotations.NullMarked;
