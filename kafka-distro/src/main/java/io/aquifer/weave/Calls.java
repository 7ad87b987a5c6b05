package io.aquifer.weave;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.utility.OpenedClassReader;
import org.jspecify.annotations.Nullable;

/**
 * Finds where Kafka calls the methods that advice is woven into: a seam holds only as long as nothing goes round it, and
 * a method that the Scala compiler inlined somewhere has a caller less.
 */
final class Calls {

    /** What is searched for, by the names it can be called by: its class's, and those of the types it directly extends. */
    private final Map<KafkaMethod, KafkaMethod> callees = new HashMap<>();

    /** Internal names of the classes that these names have. */
    private final Set<String> owners = new HashSet<>();

    /** Number of places by called method and calling method. */
    private final Map<KafkaMethod, SortedMap<String, Integer>> counts = new HashMap<>();

    private Calls(Map<String, byte[]> classes, Set<KafkaMethod> callees) {
        for (KafkaMethod callee : callees) {
            ClassReader owner = OpenedClassReader.of(classes.get(callee.owner()));
            this.callees.put(callee, callee);
            alias(owner.getSuperName(), callee, classes);
            for (String type : owner.getInterfaces()) alias(type, callee, classes);
            counts.put(callee, new TreeMap<>());
        }
        for (KafkaMethod name : this.callees.keySet()) owners.add(name.owner().replace('.', '/'));
        classes.forEach(this::scan);
    }

    private void alias(String supertype, KafkaMethod callee, Map<String, byte[]> classes) {
        String name = supertype.replace('/', '.');
        if (!classes.containsKey(name)) return;
        callees.put(new KafkaMethod(name, callee.name(), callee.descriptor()), callee);
    }

    /**
     * Searches {@code classes} for calls of each of {@code callees}, whose classes are among them.
     *
     * @return number of places by calling method, a lambda counting for the method it is in, for every callee
     */
    static Map<KafkaMethod, SortedMap<String, Integer>> of(Map<String, byte[]> classes, Set<KafkaMethod> callees) {
        return new Calls(classes, callees).counts;
    }

    private void scan(String className, byte[] classFile) {
        if (!mentionsAnOwner(classFile)) return;
        OpenedClassReader.of(classFile)
                .accept(
                        new ClassVisitor(OpenedClassReader.ASM_API) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access,
                                    String name,
                                    String descriptor,
                                    @Nullable String signature,
                                    String @Nullable [] exceptions) {
                                return new CallsOfMethod(className + "#" + withoutLambdaNumber(name));
                            }
                        },
                        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }

    /** Rules most classes out, and quickly: a class that calls a method has the name of its class among its constants. */
    private boolean mentionsAnOwner(byte[] classFile) {
        String text = new String(classFile, StandardCharsets.ISO_8859_1);
        return owners.stream().anyMatch(text::contains);
    }

    private static String withoutLambdaNumber(String name) {
        return name.replaceFirst("^(?:lambda|\\$anonfun)\\$(.+?)\\$\\d+(?:\\$adapted)?$", "$1");
    }

    private final class CallsOfMethod extends MethodVisitor {

        private final String caller;

        private CallsOfMethod(String caller) {
            super(OpenedClassReader.ASM_API);
            this.caller = caller;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            count(owner, name, descriptor);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            for (Object argument : arguments) {
                if (argument instanceof Handle handle) count(handle.getOwner(), handle.getName(), handle.getDesc());
            }
        }

        private void count(String owner, String name, String descriptor) {
            KafkaMethod callee = callees.get(new KafkaMethod(owner.replace('/', '.'), name, descriptor));
            if (callee != null)
                counts.computeIfAbsent(callee, first -> new TreeMap<>()).merge(caller, 1, Integer::sum);
        }
    }
}
