/**
 * Real Kafka processes, real devices and the bookkeeping that tells whether a record was lost.
 *
 * <p>Knows command lines, folders and processes. The broker under test is never in this JVM.
 */
@NullMarked
package io.aquifer.harness;

import org.jspecify.annotations.NullMarked;
