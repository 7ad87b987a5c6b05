/** What holds for the whole project: its architecture and its scripts. */
@NullMarked
package io.aquifer.project;

import org.jspecify.annotations.NullMarked;
