/**
 * Reads of old data: chunks of objects kept in memory outside the heap, fetched once for all readers, and ahead of those that
 * read on and on.
 */
@NullMarked
package io.aquifer.cache;

import org.jspecify.annotations.NullMarked;
