/**
 * The array of durable blocks under the WAL: raw devices and preallocated files, read and written past the page cache.
 *
 * <p>This is the only package that knows file descriptors, error numbers and alignment. {@link
 * io.aquifer.wal.device.BlockDevice} is what the rest of the WAL sees, {@link io.aquifer.wal.device.BlockDevices} opens
 * one.
 */
@NullMarked
package io.aquifer.wal.device;

import org.jspecify.annotations.NullMarked;
