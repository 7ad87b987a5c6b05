package io.aquifer.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build with Kafka's released jars, and with such as a later release might bring. */
class WeaverTest {

    private static final String VERSION = System.getProperty("aquifer.kafka.version", "");
    private static final Path RECORD = Path.of("src/main/seams", VERSION + ".txt");
    private static final String LOG = "org.apache.kafka.storage.internals.log.UnifiedLog";

    private static KafkaJars released;

    /**
     * What the record names, and the interfaces of it, which is all that a change can be seen in: faster to search than
     * all of Kafka.
     */
    private static KafkaJars relevant;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readKafka() throws IOException {
        released = KafkaJars.read(System.getProperty("java.class.path"), VERSION);
        String facts = Files.readString(RECORD);
        Map<String, byte[]> classes = new HashMap<>();
        released.classes().forEach((name, classFile) -> {
            if (!facts.contains(name + "#")) return;
            classes.put(name, classFile);
            for (String type : OpenedClassReader.of(classFile).getInterfaces()) {
                byte[] found = released.classes().get(type.replace('/', '.'));
                if (found != null) classes.put(type.replace('/', '.'), found);
            }
        });
        relevant = new KafkaJars(classes);
    }

    @Test
    void acceptsTheReleaseThatTheAdviceWasWrittenFor() {
        assertThatCode(() -> check(released)).doesNotThrowAnyException();
    }

    @Test
    void refusesAnAdvisedMethodThatDoesSomethingElse() {
        KafkaJars later = changed(LOG, "maybeIncrementHighWatermark", Change.BODY);

        assertThatThrownBy(() -> check(later))
                .isInstanceOf(SeamsChangedException.class)
                .hasMessageContaining("advised " + LOG + "#maybeIncrementHighWatermark(LogOffsetMetadata): recorded")
                .hasMessageContaining("-Daquifer.seams.record=true")
                .hasMessageContaining("-Pkafka-tests");
    }

    @Test
    void refusesAnAdvisedMethodWhoseLambdaDoesSomethingElse() {
        KafkaJars later = changed(LOG, "lambda$maybeIncrementLogStartOffset$1", Change.BODY);

        assertThatThrownBy(() -> check(later))
                .hasMessageContaining("advised " + LOG
                        + "#maybeIncrementLogStartOffset(long, LogStartOffsetIncrementReason): recorded");
    }

    @Test
    void refusesAMethodReliedOnThatDoesSomethingElse() {
        KafkaJars later = changed("kafka.server.BrokerServer", "startup", Change.BODY);

        assertThatThrownBy(() -> check(later))
                .hasMessageContaining("relied on kafka.server.BrokerServer#startup(): recorded");
    }

    @Test
    void refusesAnAdvisedMethodThatIsGone() {
        KafkaJars later = changed(LOG, "renameDir", Change.GONE);

        assertThatThrownBy(() -> check(later))
                .hasMessageContaining("advised " + LOG + "#renameDir(String, boolean): absent");
    }

    @Test
    void namesTheOverloadsWhereTheParametersChanged() {
        KafkaJars later = changed(LOG, "renameDir", Change.PARAMETERS);

        assertThatThrownBy(() -> check(later))
                .hasMessageContaining("renameDir(String, boolean): absent, but there is renameDir(String)");
    }

    @Test
    void refusesAnAdvisedClassThatIsGone() {
        Map<String, byte[]> classes = new HashMap<>(relevant.classes());
        classes.remove("kafka.server.RemoteLeaderEndPoint");

        assertThatThrownBy(() -> check(new KafkaJars(classes)))
                .hasMessageContaining("advised kafka.server.RemoteLeaderEndPoint#buildFetch(Map): absent");
    }

    @Test
    void refusesAnAdvisedMethodThatTheCompilerInlinedAtItsOnlyCall() {
        KafkaJars later = changed("kafka.server.AbstractFetcherThread", "doWork", Change.GONE);

        assertThatThrownBy(() -> check(later))
                .hasMessageContaining("calls of kafka.server.AbstractFetcherThread#maybeFetch(): absent");
    }

    @Test
    void refusesANewWayToAnAdvisedMethod() {
        KafkaJars later = changed("kafka.server.BrokerServer", "lifecycleManager", Change.CALLS_LOG_CLOSE);

        assertThatThrownBy(() -> check(later))
                .hasMessageContaining("calls of " + LOG + "#close() in kafka.server.BrokerServer#lifecycleManager:"
                        + " recorded absent, found 1");
    }

    @Test
    void isIndifferentToLineNumbersAndToTheOrderOfConstants() {
        KafkaJars later = changed(LOG, "", Change.RECOMPILED);

        assertThat(later.classes().get(LOG)).isNotEqualTo(released.classes().get(LOG));
        assertThatCode(() -> check(later)).doesNotThrowAnyException();
    }

    @Test
    void refusesAVersionWithoutARecord() {
        Path none = folder.resolve("none.txt");

        assertThatThrownBy(() -> Weaver.check(SeamRecord.of(relevant, AdvisedClass.ALL), "5.0.0", none))
                .isInstanceOf(SeamsChangedException.class)
                .hasMessageContaining("no record for this version");
    }

    @Test
    void writesTheRecordThatItReads() throws IOException {
        Path written = folder.resolve("written.txt");
        SeamRecord.of(relevant, AdvisedClass.ALL).write(written, "A heading");

        assertThat(Files.readAllLines(written).subList(1, 3))
                .isEqualTo(Files.readAllLines(RECORD).subList(1, 3));
        assertThat(SeamRecord.read(written)).isEqualTo(SeamRecord.read(RECORD));
    }

    @Test
    void findsNoKafkaOfAnotherVersion() {
        assertThatThrownBy(() -> KafkaJars.read(System.getProperty("java.class.path"), "0.8.2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No jar of Kafka 0.8.2");
    }

    private static void check(KafkaJars jars) throws IOException {
        Weaver.check(SeamRecord.of(jars, AdvisedClass.ALL), VERSION, RECORD);
    }

    private enum Change {
        BODY,
        GONE,
        PARAMETERS,
        CALLS_LOG_CLOSE,
        RECOMPILED
    }

    /** Kafka with every method of that name in that class changed. */
    private static KafkaJars changed(String className, String methodName, Change change) {
        Map<String, byte[]> classes = new HashMap<>(relevant.classes());
        ClassReader reader = OpenedClassReader.of(classes.get(className));
        ClassWriter writer = new ClassWriter(0);
        if (change == Change.RECOMPILED) writer.newConst("a constant that moves the others");
        reader.accept(
                new ClassVisitor(OpenedClassReader.ASM_API, writer) {
                    @Override
                    public @Nullable MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        if (!name.equals(methodName)) {
                            return super.visitMethod(access, name, descriptor, signature, exceptions);
                        }
                        return switch (change) {
                            case GONE -> null;
                            case PARAMETERS ->
                                super.visitMethod(access, name, descriptor.replace("Z)", ")"), signature, exceptions);
                            default ->
                                new Prefixed(
                                        super.visitMethod(access, name, descriptor, signature, exceptions), change);
                        };
                    }
                },
                change == Change.RECOMPILED ? ClassReader.SKIP_DEBUG : 0);
        classes.put(className, writer.toByteArray());
        return new KafkaJars(classes);
    }

    private static final class Prefixed extends MethodVisitor {

        private final Change change;

        private Prefixed(MethodVisitor method, Change change) {
            super(OpenedClassReader.ASM_API, method);
            this.change = change;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            if (change == Change.CALLS_LOG_CLOSE) {
                super.visitMethodInsn(Opcodes.INVOKEVIRTUAL, LOG.replace('.', '/'), "close", "()V", false);
            } else {
                super.visitInsn(Opcodes.NOP);
            }
        }
    }
}
