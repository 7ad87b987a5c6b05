package io.aquifer.wal.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Commands of the system that make what only it can make. */
final class Command {

    private Command() {}

    /** False as well where there is no such command. */
    static boolean succeeds(String... command) {
        return run(command).status == 0;
    }

    static Outcome run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            Map<String, String> environment = builder.environment();
            environment.merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.onExit().join().exitValue(), output);
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        }
    }

    record Outcome(int status, String output) {}
}
