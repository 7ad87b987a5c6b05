package io.aquifer.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the figures were measured on.
 *
 * @param memoryMebibytes of the machine, 0 where it can't be told
 */
record Machine(String processor, int processors, long memoryMebibytes, String kernel, String jvm) {

    static Machine here() {
        return new Machine(
                field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                kibibytes(field(Path.of("/proc/meminfo"), "MemTotal", "0 kB")) >> 10,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    }

    String inWords() {
        return String.format(
                Locale.ROOT,
                "%d × %s, %.1f GiB of memory, %s, %s",
                processors,
                processor,
                memoryMebibytes / 1024.0,
                kernel,
                jvm);
    }

    private static long kibibytes(String text) {
        return Long.parseLong(text.substring(0, text.indexOf(' ')));
    }

    private static String field(Path file, String name, String otherwise) {
        try {
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
                    return line.substring(colon + 1).strip();
                }
            }
        } catch (IOException e) {
            return otherwise;
        }
        return otherwise;
    }
}
