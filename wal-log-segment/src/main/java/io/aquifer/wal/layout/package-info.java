/**
 * The structures on the device, one class each. Only that class reads and writes the structure's bytes, and its Javadoc
 * is their table.
 */
@NullMarked
package io.aquifer.wal.layout;

import org.jspecify.annotations.NullMarked;
