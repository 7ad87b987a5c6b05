/** What of the WAL is in S3 already. */
@NullMarked
package io.aquifer.wal.upload;

import org.jspecify.annotations.NullMarked;
