package io.aquifer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Says on standard error what stopped a command: in one line, unless more was asked for. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private final boolean debug;

    /** @param debug whether every failure shows where it comes from, as with {@code --debug} */
    Failures(boolean debug) {
        this.debug = debug;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult all) {
        if (debug || OutputOptions.debug(command)) {
            failure.printStackTrace(command.getErr());
        } else {
            say(command.getErr(), inWords(failure));
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        say(command.getErr(), failure.getMessage() + ". See " + name + " --help.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /** The exit status of a command that has answered; a damaged WAL is a failure all the same. */
    static int status(CommandLine command, boolean damaged, Path path) {
        return status(
                command, damaged, "The WAL on " + path + " is damaged: records that were acknowledged can't be read.");
    }

    /** As above, of anything that may be damaged. */
    static int status(CommandLine command, boolean damaged, String what) {
        if (damaged) {
            say(command.getErr(), what);
        }
        return damaged
                ? command.getCommandSpec().exitCodeOnExecutionException()
                : command.getCommandSpec().exitCodeOnSuccess();
    }

    private static void say(PrintWriter err, String words) {
        err.println("aquifer: " + words.replaceAll("\\R\\s*", " "));
        err.flush();
    }

    /** The message alone where it was written for an operator, the kind of failure in front of it elsewhere. */
    private static String inWords(Exception failure) {
        String message = failure.getMessage();
        return failure instanceof IOException && message != null ? message : failure.toString();
    }
}
