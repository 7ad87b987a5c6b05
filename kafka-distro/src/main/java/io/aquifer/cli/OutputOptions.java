package io.aquifer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How every command answers. */
final class OutputOptions {

    private final ObjectMapper mapper = new ObjectMapper();

    @Option(
            names = "--json",
            description = "Answer in JSON on standard output. Messages go to standard error, as always.")
    private boolean json;

    @Option(
            names = "--debug",
            description = "Show where a failure comes from; so does setting the environment variable AQUIFER_DEBUG.")
    private boolean debug;

    /** Whether {@code command} was told to show where failures come from. */
    static boolean debug(CommandLine command) {
        return command.getMixins().get("output") instanceof OutputOptions options && options.debug;
    }

    /**
     * Prints {@code facts} in one line of JSON, or as text.
     *
     * @throws IOException if nobody takes it
     */
    <T> void print(PrintWriter out, T facts, Function<T, String> text) throws IOException {
        out.println(json ? mapper.writeValueAsString(facts) : text.apply(facts));
        if (out.checkError()) {
            throw new IOException("The output was cut off: whoever reads it has gone, or there is no room for it.");
        }
    }
}
