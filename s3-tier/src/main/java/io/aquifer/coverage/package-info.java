/**
 * Which offsets of which partition are where in the bucket, and what nobody needs any more. Here the invariant of the design is
 * code: every offset that is promised is in a segment object or in a WAL object.
 */
@NullMarked
package io.aquifer.coverage;

import org.jspecify.annotations.NullMarked;
