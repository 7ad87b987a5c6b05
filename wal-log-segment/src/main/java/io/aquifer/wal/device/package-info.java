/**
 * Raw block devices and preallocated files: file descriptors, error numbers and alignment, and nothing of what is
 * written.
 */
@NullMarked
package io.aquifer.wal.device;

import org.jspecify.annotations.NullMarked;
