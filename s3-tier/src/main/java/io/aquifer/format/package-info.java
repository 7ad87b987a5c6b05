/**
 * The objects in S3, one class for each structure in them. Only that class reads and writes the structure's bytes, and its
 * Javadoc is their table. Nothing that was read counts before it has been verified.
 */
@NullMarked
package io.aquifer.format;

import org.jspecify.annotations.NullMarked;
