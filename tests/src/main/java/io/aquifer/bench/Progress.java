package io.aquifer.bench;

import java.io.PrintStream;

/** Tells what is being measured, line by line. */
final class Progress {

    private final PrintStream out;

    Progress(PrintStream out) {
        this.out = out;
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }
}
