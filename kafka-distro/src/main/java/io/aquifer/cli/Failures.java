package io.aquifer.cli;

import java.io.IOException;

/** What stopped a command, in one line. */
final class Failures {

    private Failures() {}

    /** The message alone where it was written for an operator, the kind of failure in front of it elsewhere. */
    static String inWords(Throwable failure) {
        String message = failure.getMessage();
        String words = failure instanceof IOException && message != null ? message : failure.toString();
        return words.replaceAll("\\R\\s*", " ");
    }
}
