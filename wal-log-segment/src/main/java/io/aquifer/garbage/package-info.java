/** Garbage collection as a broker runs it: when, with which memory, and how it knows which topics the cluster has. */
@NullMarked
package io.aquifer.garbage;

import org.jspecify.annotations.NullMarked;
