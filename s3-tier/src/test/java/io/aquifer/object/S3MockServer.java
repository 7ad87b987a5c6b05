package io.aquifer.object;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * S3Mock in a process of its own, which keeps its objects in a temporary folder. Any credentials are good to it, and of
 * several that create a key at once more than one may succeed.
 */
final class S3MockServer implements AutoCloseable {

    /** The file that Maven left there for the tests. */
    private static final Path JAR = Path.of("target", "s3mock", "s3mock.jar");

    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports .*?(\\d+) \\(http\\)");
    private static final int PATIENCE_SECONDS = 120;

    private final Process process;
    private final int port;

    private S3MockServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** A running server on free ports of this machine. */
    static S3MockServer start() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        JAR.toString(),
                        "--server.port=0",
                        "--http.port=0")
                .redirectErrorStream(true)
                .start();
        CompletableFuture<Integer> port = new CompletableFuture<>();
        Thread output = new Thread(() -> read(process, port), "s3mock-output");
        output.setDaemon(true);
        output.start();
        try {
            return new S3MockServer(process, port.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Reads all that it says, lest it waits for that, and finds out its port. */
    private static void read(Process process, CompletableFuture<Integer> port) {
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher started = STARTED.matcher(line);
                if (started.find()) {
                    port.complete(Integer.parseInt(started.group(1)));
                } else if (!port.isDone()) {
                    said.append(line).append('\n');
                }
            }
            port.completeExceptionally(new IOException("S3Mock ended before it had started: " + said));
        } catch (IOException e) {
            port.completeExceptionally(new UncheckedIOException("S3Mock's output can't be read", e));
        }
    }

    /** Settings that lead to a bucket of this server. */
    ObjectStoreSettings.Builder settings(String bucket) {
        return ObjectStoreSettings.builder(bucket).endpoint(endpoint()).pathStyle(true);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
