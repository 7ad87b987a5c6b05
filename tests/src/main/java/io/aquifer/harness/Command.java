package io.aquifer.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A short-lived process: run to its end, output kept. */
public final class Command {

    private Command() {}

    /** How a process ended and what it wrote to standard output and standard error together. */
    public record Result(List<String> command, int exitStatus, String output) {

        /** Answers this result, or throws where the exit status isn't 0. */
        public Result orThrow() {
            if (exitStatus != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with status " + exitStatus + ":\n" + output);
            }
            return this;
        }
    }

    public static Result run(Duration limit, String... command) {
        return run(limit, new ProcessBuilder(command));
    }

    /** Runs a process that must end within {@code limit}: it is killed then, and an exception thrown. */
    public static Result run(Duration limit, ProcessBuilder builder) {
        builder.redirectErrorStream(true);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> readAll(process));
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        String.join(" ", builder.command()) + " did not end within " + limit.toSeconds() + " s");
            }
            return new Result(
                    List.copyOf(builder.command()),
                    process.exitValue(),
                    new String(output.get(), StandardCharsets.UTF_8));
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException("Could not run " + String.join(" ", builder.command()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while running " + String.join(" ", builder.command()), e);
        }
    }

    /** True where the shell would find {@code program} on the path. */
    public static boolean exists(String program) {
        return run(Duration.ofSeconds(10), "sh", "-c", "command -v \"$1\"", "sh", program)
                        .exitStatus()
                == 0;
    }

    private static byte[] readAll(Process process) {
        try (var in = process.getInputStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
