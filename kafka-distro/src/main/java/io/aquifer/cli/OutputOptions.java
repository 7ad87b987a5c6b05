package io.aquifer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How every command of a WAL answers. */
final class OutputOptions {

    @Option(names = "--json", description = "Answers in JSON on standard output; messages go to standard error.")
    private boolean json;

    @Option(
            names = "--debug",
            description = "Shows where a failure comes from; so does the environment variable AQUIFER_DEBUG.")
    private boolean debug;

    /** Whether {@code command} was told to show where failures come from. */
    static boolean debug(CommandLine command) {
        return command.getMixins().get("output") instanceof OutputOptions options && options.debug;
    }

    /** Prints {@code facts} as one JSON object, or as text. */
    <T> void print(CommandSpec command, T facts, Function<T, String> text) throws JsonProcessingException {
        PrintWriter out = command.commandLine().getOut();
        out.println(json ? new ObjectMapper().writeValueAsString(facts) : text.apply(facts));
        out.flush();
    }
}
