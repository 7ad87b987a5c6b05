/**
 * What is kept in an S3 bucket: keys, ranges and conditional puts.
 */
@NullMarked
package io.aquifer.object;

import org.jspecify.annotations.NullMarked;
