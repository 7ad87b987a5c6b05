package io.aquifer.weave;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Run by the build: compares Kafka's released jars with the record, and writes the woven classes. */
public final class Weaver {

    private Weaver() {}

    /**
     * Ends the process with status 1 if the jars are not those that the advice was written for.
     *
     * @param args Kafka's version; the file with the record; the folder to write to; {@code true} to write the record
     *     instead of comparing with it
     */
    public static void main(String[] args) throws IOException {
        String version = args[0];
        Path record = Path.of(args[1]);
        Path output = Path.of(args[2]);
        KafkaJars jars = KafkaJars.read(System.getProperty("java.class.path"), version);
        try {
            SeamRecord found = SeamRecord.of(jars, AdvisedClass.ALL);
            if (Boolean.parseBoolean(args[3])) record(found, version, record);
            check(found, version, record);
        } catch (SeamsChangedException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        write(jars, version, output);
    }

    private static void record(SeamRecord found, String version, Path file) throws IOException {
        if (!found.unusable().isEmpty()) throw new SeamsChangedException(version, file, found.unusable());
        found.write(
                file, "What the advice in io.aquifer.seam relies on in Kafka " + version + ". Written by the build.");
        System.out.println("Recorded " + found.facts().size() + " facts of Kafka " + version + " in " + file);
    }

    /**
     * Compares Kafka with the record.
     *
     * @throws SeamsChangedException if they differ
     */
    static void check(SeamRecord found, String version, Path file) throws IOException {
        if (!found.unusable().isEmpty()) throw new SeamsChangedException(version, file, found.unusable());
        if (!Files.exists(file)) {
            throw new SeamsChangedException(version, file, List.of("there is no record for this version"));
        }
        List<String> differences = SeamRecord.read(file).differences(found);
        if (!differences.isEmpty()) throw new SeamsChangedException(version, file, differences);
    }

    private static void write(KafkaJars jars, String version, Path output) throws IOException {
        ClassWeaving weaving = new ClassWeaving(jars);
        for (AdvisedClass advisedClass : AdvisedClass.ALL) {
            Path file = output.resolve(advisedClass.name().replace('.', '/') + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, weaving.weave(advisedClass));
        }
        Path list = output.resolve("META-INF/aquifer/woven-classes.properties");
        Files.createDirectories(list.getParent());
        String names = AdvisedClass.ALL.stream().map(AdvisedClass::name).collect(Collectors.joining(","));
        Files.write(list, List.of("kafka.version=" + version, "classes=" + names));
        System.out.println("Wove " + AdvisedClass.ALL.size() + " classes of Kafka " + version);
    }
}
