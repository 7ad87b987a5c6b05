/**
 * Makes the directory of a shared log anew from what S3 holds of it: a short segment at its end, and what is below as
 * composite segments. From there on Kafka loads it as any other.
 */
@NullMarked
package io.aquifer.rebuild;

import org.jspecify.annotations.NullMarked;
