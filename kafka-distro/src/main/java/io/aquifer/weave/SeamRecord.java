package io.aquifer.weave;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the advice was written for: a digest of every method that it is woven into or relies on, and the places that
 * call the former. In a file, one {@code fact = value} a line; lines that begin with {@code #} are comments.
 *
 * @param facts values by fact
 */
record SeamRecord(SortedMap<String, String> facts) {

    private static final String ABSENT = "absent";
    private static final String AMBIGUOUS = "ambiguous";

    private static final String SEPARATOR = " = ";

    /** What the given jars hold. A method that is not there, or is there twice, is recorded as such. */
    static SeamRecord of(KafkaJars jars, List<AdvisedClass> advisedClasses) {
        SortedMap<String, String> facts = new TreeMap<>();
        Set<KafkaMethod> advised = new HashSet<>();
        for (AdvisedClass advisedClass : advisedClasses) {
            MethodDigests digests = digests(jars, advisedClass.name());
            for (String method : advisedClass.advice().keySet()) {
                List<KafkaMethod> found = find(digests, method);
                facts.put("advised " + advisedClass.name() + "#" + method, value(digests, found, method));
                advised.addAll(found);
            }
            for (String method : advisedClass.reliesOn()) {
                String[] ownerAndMethod = method.split("#", 2);
                MethodDigests owner = digests(jars, ownerAndMethod[0]);
                facts.put("relied on " + method, value(owner, find(owner, ownerAndMethod[1]), ownerAndMethod[1]));
            }
        }
        Calls.of(jars.classes(), advised).forEach((method, callers) -> {
            String called = "calls of " + method.owner() + "#" + method.shortForm();
            if (callers.isEmpty()) facts.put(called, ABSENT);
            callers.forEach((caller, count) -> facts.put(called + " in " + caller, count.toString()));
        });
        return new SeamRecord(facts);
    }

    private static MethodDigests digests(KafkaJars jars, String className) {
        byte[] classFile = jars.classes().get(className);
        return classFile == null ? MethodDigests.NONE : new MethodDigests(classFile);
    }

    private static List<KafkaMethod> find(MethodDigests digests, String shortForm) {
        return digests.methods().stream()
                .filter(method -> method.shortForm().equals(shortForm))
                .toList();
    }

    private static String value(MethodDigests digests, List<KafkaMethod> found, String shortForm) {
        return switch (found.size()) {
            case 0 -> ABSENT + likely(digests, shortForm);
            case 1 -> digests.digest(found.get(0));
            default -> AMBIGUOUS + ": " + found;
        };
    }

    private static String likely(MethodDigests digests, String shortForm) {
        String name = shortForm.substring(0, shortForm.indexOf('('));
        List<String> sameName = digests.methods().stream()
                .filter(method -> method.name().equals(name))
                .map(KafkaMethod::shortForm)
                .sorted()
                .toList();
        return sameName.isEmpty() ? "" : ", but there is " + String.join(" and ", sameName);
    }

    static SeamRecord read(Path file) throws IOException {
        SortedMap<String, String> facts = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) continue;
            int at = line.lastIndexOf(SEPARATOR);
            if (at < 0) throw new IOException("'" + line + "' in " + file + " is no 'fact = value'");
            facts.put(line.substring(0, at), line.substring(at + SEPARATOR.length()));
        }
        return new SeamRecord(facts);
    }

    void write(Path file, String heading) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# " + heading);
        facts.forEach((fact, value) -> lines.add(fact + SEPARATOR + value));
        Files.write(file, lines);
    }

    /**
     * What makes weaving pointless: a method that is not there, or that nothing calls, perhaps because the compiler
     * inlined it. One a line.
     */
    List<String> unusable() {
        return facts.entrySet().stream()
                .filter(fact ->
                        fact.getValue().startsWith(ABSENT) || fact.getValue().startsWith(AMBIGUOUS))
                .map(fact -> fact.getKey() + ": " + fact.getValue())
                .toList();
    }

    /** What differs from this record in {@code found}, one a line. */
    List<String> differences(SeamRecord found) {
        List<String> differences = new ArrayList<>();
        SortedSet<String> either = new TreeSet<>(facts.keySet());
        either.addAll(found.facts.keySet());
        for (String fact : either) {
            String was = facts.getOrDefault(fact, ABSENT);
            String is = found.facts.getOrDefault(fact, ABSENT);
            if (!was.equals(is)) differences.add(fact + ": recorded " + was + ", found " + is);
        }
        return differences;
    }
}
