/**
 * {@code ./aquifer bench}: Aquifer beside what it is to be measured by, in turn, in one run.
 *
 * <p>Only ratios of figures from the same run mean anything: a machine is never as fast twice.
 */
@NullMarked
package io.aquifer.bench;

import org.jspecify.annotations.NullMarked;
