package io.aquifer.demo;

import java.io.PrintStream;

/** Where the demonstration is shown: a terminal, on which progress is one line that changes, or a file. */
final class Console {

    private static final String ERASE_LINE = "\r\u001b[2K";

    private final PrintStream out;
    private final boolean terminal;
    private boolean progressShown;

    Console(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Prints a line that stays. */
    void line(String text) {
        if (progressShown) {
            out.print(ERASE_LINE);
            progressShown = false;
        }
        out.println(text);
        out.flush();
    }

    /** Shows where things stand, in place of what this showed before where that is possible. */
    void progress(String text) {
        if (!terminal) {
            out.println(text);
        } else {
            out.print(ERASE_LINE + text);
            progressShown = true;
        }
        out.flush();
    }
}
