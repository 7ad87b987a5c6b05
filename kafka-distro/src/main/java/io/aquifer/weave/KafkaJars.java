package io.aquifer.weave;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** Every class of Kafka's released jars, as it was released. */
final class KafkaJars {

    private final Map<String, byte[]> classes;

    /** Classes by binary name, as {@link #read} finds them. */
    KafkaJars(Map<String, byte[]> classes) {
        this.classes = new TreeMap<>(classes);
    }

    /**
     * Reads the jars of one Kafka version from a class path. Only jars are read, never a folder of classes: that may hold
     * what an earlier build wove.
     *
     * @throws IllegalArgumentException if the class path holds a Kafka jar of another version, or none
     */
    static KafkaJars read(String classPath, String version) throws IOException {
        Pattern name = Pattern.compile("kafka[-_].*-" + Pattern.quote(version) + "\\.jar");
        List<File> jars = new ArrayList<>(Arrays.stream(classPath.split(File.pathSeparator))
                .map(File::new)
                .filter(file -> name.matcher(file.getName()).matches())
                .toList());
        if (jars.isEmpty()) {
            throw new IllegalArgumentException("No jar of Kafka " + version + " on the class path " + classPath);
        }
        jars.sort(Comparator.comparing(File::getName));
        Map<String, byte[]> classes = new TreeMap<>();
        for (File jar : jars) readInto(classes, jar);
        return new KafkaJars(classes);
    }

    private static void readInto(Map<String, byte[]> classes, File file) throws IOException {
        try (JarFile jar = new JarFile(file)) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                if (!name.endsWith(".class") || name.startsWith("META-INF/")) continue;
                try (InputStream bytes = jar.getInputStream(entry)) {
                    String className =
                            name.substring(0, name.length() - ".class".length()).replace('/', '.');
                    if (classes.put(className, bytes.readAllBytes()) != null) {
                        throw new IllegalArgumentException(className + " is in two jars of Kafka, one of them " + file);
                    }
                }
            }
        }
    }

    /** Class files by binary name. */
    Map<String, byte[]> classes() {
        return classes;
    }
}
