package io.aquifer.weave;

import java.util.Arrays;
import java.util.stream.Collectors;
import net.bytebuddy.jar.asm.Type;

/**
 * One method of Kafka.
 *
 * @param owner binary name of its class
 * @param name {@code <init>} for a constructor
 * @param descriptor as in the class file
 */
record KafkaMethod(String owner, String name, String descriptor) implements Comparable<KafkaMethod> {

    /** The form in which advice names a method: {@code open(File, long)}. */
    String shortForm() {
        return name
                + Arrays.stream(Type.getArgumentTypes(descriptor))
                        .map(type -> simpleName(type.getClassName()))
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String simpleName(String className) {
        return className.substring(Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
    }

    @Override
    public int compareTo(KafkaMethod other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return owner + "#" + name + descriptor;
    }
}
