/** The WAL as a whole: formatted, opened by its owner, closed. */
@NullMarked
package io.aquifer.wal;

import org.jspecify.annotations.NullMarked;
