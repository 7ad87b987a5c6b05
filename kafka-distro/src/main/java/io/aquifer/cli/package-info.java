/**
 * The command line: an operator's questions about a WAL, and the making of one.
 *
 * <p>A command parses and prints, a class beside it finds out; what was found is a record, which is also the schema of
 * {@code --json}. Apart from picocli nothing comes with this package: Jackson is the one in Kafka's own class path.
 */
@NullMarked
package io.aquifer.cli;

import org.jspecify.annotations.NullMarked;
