package io.aquifer.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A command of the system that has ended. */
record Shell(int status, String output) {

    /** Status -1 where there is no such command. */
    static Shell run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Shell(process.onExit().join().exitValue(), output);
        } catch (IOException e) {
            return new Shell(-1, String.valueOf(e.getMessage()));
        }
    }
}
