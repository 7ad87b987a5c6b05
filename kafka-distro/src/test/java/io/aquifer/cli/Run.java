package io.aquifer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** One use of the command line, and what came of it. */
record Run(int status, String out, String err) {

    static Run aquifer(Object... arguments) {
        return with(false, arguments);
    }

    /** With the environment variable AQUIFER_DEBUG. */
    static Run aquiferDebugging(Object... arguments) {
        return with(true, arguments);
    }

    private static Run with(boolean debug, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> words = new ArrayList<>();
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        int status = Aquifer.commandLine(debug)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words.toArray(String[]::new));
        return new Run(status, out.toString(), err.toString());
    }

    /** The one line of standard output. */
    JsonNode json() throws IOException {
        List<JsonNode> lines = jsonLines();
        if (lines.size() != 1) {
            throw new IOException("not one line of JSON: " + this);
        }
        return lines.get(0);
    }

    List<JsonNode> jsonLines() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<JsonNode> nodes = new ArrayList<>();
        for (String line : out.lines().toList()) {
            nodes.add(mapper.readTree(line));
        }
        return nodes;
    }
}
