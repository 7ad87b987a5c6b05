package io.aquifer.weave;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.utility.OpenedClassReader;
import org.jspecify.annotations.Nullable;

/** The methods of one class, each with a digest of what it does, the bodies of its lambdas included. */
final class MethodDigests {

    /** Of a class that doesn't exist. */
    static final MethodDigests NONE = new MethodDigests();

    private final Map<KafkaMethod, List<Object>> texts = new HashMap<>();

    private MethodDigests() {}

    MethodDigests(byte[] classFile) {
        ClassReader reader = OpenedClassReader.of(classFile);
        String owner = reader.getClassName().replace('/', '.');
        reader.accept(
                new ClassVisitor(OpenedClassReader.ASM_API) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        List<Object> text = new ArrayList<>();
                        text.add(access + " " + descriptor + "\n");
                        texts.put(new KafkaMethod(owner, name, descriptor), text);
                        return new MethodText(owner, text);
                    }
                },
                ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }

    Set<KafkaMethod> methods() {
        return texts.keySet();
    }

    /** SHA-256, as 64 hexadecimal digits. */
    String digest(KafkaMethod method) {
        MessageDigest digest = sha256();
        add(method, digest, new HashSet<>());
        return HexFormat.of().formatHex(digest.digest());
    }

    private void add(KafkaMethod method, MessageDigest digest, Set<KafkaMethod> entered) {
        List<Object> text = texts.get(method);
        if (text == null || !entered.add(method)) return;
        for (Object piece : text) {
            if (piece instanceof KafkaMethod lambda) {
                add(lambda, digest, entered);
            } else {
                digest.update(piece.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
