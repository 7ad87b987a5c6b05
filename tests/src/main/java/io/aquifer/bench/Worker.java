package io.aquifer.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One side of a comparison in a JVM of its own, which stays so that it gets warm. A line asks for a task, with tabs between its
 * name and its arguments; a line of numbers answers. It ends when nobody can ask any more.
 */
final class Worker implements AutoCloseable {

    /** What a worker can be asked for. */
    @FunctionalInterface
    interface Task {
        List<Long> run(List<String> arguments) throws Exception;
    }

    private static final List<String> OPTIONS =
            List.of("-Xms1g", "-Xmx1g", "-XX:MaxDirectMemorySize=2g", "-XX:+UseG1GC");

    private final String name;
    private final Process process;
    private final PrintWriter questions;
    private final BufferedReader answers;

    private Worker(String name, Process process) {
        this.name = name;
        this.process = process;
        this.questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts the JVM; both sides get the same options. */
    static Worker start(
            String name,
            List<Path> classPath,
            Class<?> program,
            List<String> arguments,
            Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(program.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new Worker(name, builder.start());
    }

    /** What a JVM runs with that is to be like this one. */
    static List<Path> classPathOfThisJvm() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .toList();
    }

    String name() {
        return name;
    }

    /** Has a task done and waits for it. */
    List<Long> ask(Object... words) throws IOException {
        questions.println(Arrays.stream(words).map(Object::toString).collect(Collectors.joining("\t")));
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("The JVM of " + name + " ended when it was asked for " + Arrays.toString(words));
        }
        return Arrays.stream(answer.split(" ", -1)).map(Long::valueOf).toList();
    }

    /** In the JVM of a worker: does what it is asked for and ends the JVM. */
    static void serve(Map<String, Task> tasks) {
        PrintStream out = System.out;
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int status = 0;
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                List<String> words = List.of(line.split("\t", -1));
                Task task = tasks.get(words.get(0));
                if (task == null) {
                    throw new IllegalArgumentException("No task " + words.get(0) + " among " + tasks.keySet());
                }
                out.println(task.run(words.subList(1, words.size())).stream()
                        .map(Object::toString)
                        .collect(Collectors.joining(" ")));
                out.flush();
            }
        } catch (Throwable e) {
            e.printStackTrace();
            status = 1;
        }
        System.exit(status);
    }

    @Override
    public void close() {
        questions.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
