/**
 * From a claim in the open block to a durable end offset: blocks, memory, writes in flight, space and trimming.
 */
@NullMarked
package io.aquifer.wal.append;

import org.jspecify.annotations.NullMarked;
