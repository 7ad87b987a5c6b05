/**
 * Makes the woven classes when the JAR is built: reads Kafka's released jars, compares the methods that advice is woven
 * into with those it was written for, and writes the changed classes.
 *
 * <p>Nothing of this is in the JAR.
 */
@NullMarked
package io.aquifer.weave;

import org.jspecify.annotations.NullMarked;
