package io.aquifer.weave;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.log.SharedLogHolder;
import io.aquifer.seam.Seams;
import io.aquifer.seam.UnifiedLogAdvice;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import net.bytebuddy.utility.OpenedClassReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the weaving made of Kafka's classes. */
class AdviceTest {

    private static final Path CLASSES = Path.of("target/classes");
    private static final Path ADVICE = Path.of("../wal-log-segment/src/main/java/io/aquifer/seam");
    private static final String SEAMS = Type.getInternalName(Seams.class);
    private static final String LOG = "org.apache.kafka.storage.internals.log.UnifiedLog";

    /** Names of the methods of Seams called, in order, by woven class and method. */
    private static final Map<String, List<String>> CALLS = new HashMap<>();

    private static ClassReader log;

    @BeforeAll
    static void readWovenClasses() throws IOException {
        for (AdvisedClass advised : AdvisedClass.ALL) collectCalls(advised.name(), woven(advised.name()));
        log = woven(LOG);
    }

    @Test
    void isAppliedToEveryMethodThatItNames() {
        Map<String, List<String>> expected = new HashMap<>();
        expected.put("LogManager$#apply", List.of("start"));
        expected.put("LogManager#loadLogs", List.of("loaded"));
        expected.put("LogManager#shutdown", List.of("stop"));
        expected.put("LogSegment#open", List.of("segment"));
        expected.put("Cleaner#doClean", List.of("cleaning"));
        expected.put("LocalLog#truncateTo", List.of("truncating", "truncated"));
        expected.put("LocalLog#truncateFullyAndStartAt", List.of("emptying", "emptied"));
        expected.put("UnifiedLog#create", List.of("opening", "opened"));
        expected.put("UnifiedLog#maybeIncrementHighWatermark", List.of("cap"));
        expected.put("UnifiedLog#read", List.of("reading"));
        expected.put("UnifiedLog#updateConfig", List.of("configChanged"));
        expected.put("UnifiedLog#assignTopicId", List.of("configChanged"));
        expected.put("UnifiedLog#renameDir", List.of("renamed"));
        expected.put("UnifiedLog#maybeIncrementLogStartOffset", List.of("logStartChanged"));
        expected.put("UnifiedLog#truncateFullyAndStartAt", List.of("logStartChanged"));
        expected.put("UnifiedLog#close", List.of("closed"));
        expected.put("UnifiedLog#closeHandlers", List.of("closed"));
        expected.put("Partition#maybeIncrementLeaderHW", List.of("leading"));
        expected.put("Partition#makeLeader", List.of("replicasChanged"));
        expected.put("Partition#maybeReplaceCurrentWithFutureReplica", List.of("beforeSwap"));
        expected.put("ReplicaManager#appendRecords", List.of("answer"));
        expected.put("ReplicaManager#buildProducePartitionStatus", List.of("appended"));
        expected.put("ReplicaManager#appendToLocalLog", List.of("reserve", "release"));
        expected.put("ReplicaManager#beginControlledShutdown", List.of("beforeShutdown"));
        expected.put("RemoteLogManager$RLMCopyTask#copyLogSegmentsToRemote", List.of("copying", "copied"));
        expected.put("RemoteLeaderEndPoint#fetch", List.of("reserveFetched"));
        expected.put("RemoteLeaderEndPoint#buildFetch", List.of("reportable"));
        expected.put("AbstractFetcherThread#maybeFetch", List.of("awaitAppended"));
        expected.put("AbstractFetcherThread#processFetchRequest", List.of("release"));
        expected.put("KRaftMetadataCache#getPartitionLeaderEndpoint", List.of("leaderEndpoint"));
        expected.put("RaftControllerNodeProvider#create", List.of("controllers"));
        expected.put("BrokerLifecycleManager#setReadyToUnfence", List.of("beforeUnfencing"));

        assertThat(CALLS).isEqualTo(expected);
    }

    @Test
    void reachesEveryMethodOfSeamsThatAdviceIsFor() {
        Set<String> called = CALLS.values().stream().flatMap(List::stream).collect(Collectors.toSet());

        assertThat(called)
                .isSubsetOf(Arrays.stream(Seams.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(java.lang.reflect.Method::getName)
                        .toList());
    }

    @Test
    void isAllInTheListOfWhatIsWoven() throws IOException {
        try (Stream<Path> files = Files.list(ADVICE)) {
            List<String> classes = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Advice.java"))
                    .map(name -> name.replace(".java", ""))
                    .toList();
            Set<String> woven = new TreeSet<>();
            for (AdvisedClass advised : AdvisedClass.ALL) {
                advised.advice()
                        .values()
                        .forEach(advice -> woven.add(advice.getNestHost().getSimpleName()));
            }

            assertThat(woven).containsExactlyInAnyOrderElementsOf(classes);
        }
    }

    @Test
    void leavesOtherMethodsOfAWovenClassAlone() throws IOException {
        KafkaJars released =
                KafkaJars.read(System.getProperty("java.class.path"), System.getProperty("aquifer.kafka.version", ""));
        for (AdvisedClass advised : AdvisedClass.ALL) {
            MethodDigests before = new MethodDigests(released.classes().get(advised.name()));
            MethodDigests after = new MethodDigests(Files.readAllBytes(file(advised.name())));
            Set<KafkaMethod> added = new HashSet<>(after.methods());
            added.removeAll(before.methods());

            assertThat(before.methods())
                    .filteredOn(method -> !advised.advice().containsKey(method.shortForm()))
                    .allSatisfy(method -> assertThat(after.digest(method)).isEqualTo(before.digest(method)));
            assertThat(added)
                    .extracting(KafkaMethod::name)
                    .allMatch(name -> advised.name().equals(LOG) && name.equals("aquiferLog"));
        }
    }

    @Test
    void givesUnifiedLogAFieldThatItsHolderMethodsUse() {
        List<String> fields = new ArrayList<>();
        log.accept(
                new ClassVisitor(OpenedClassReader.ASM_API) {
                    @Override
                    public @Nullable FieldVisitor visitField(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            @Nullable Object value) {
                        if (name.equals(UnifiedLogAdvice.FIELD)) fields.add(access + " " + descriptor);
                        return null;
                    }
                },
                0);

        int modifiers = Opcodes.ACC_PRIVATE | Opcodes.ACC_VOLATILE | Opcodes.ACC_TRANSIENT;
        assertThat(fields).containsExactly(modifiers + " Lio/aquifer/log/SharedLog;");
        assertThat(log.getInterfaces()).contains(Type.getInternalName(SharedLogHolder.class));
    }

    private static ClassReader woven(String className) throws IOException {
        return OpenedClassReader.of(Files.readAllBytes(file(className)));
    }

    private static Path file(String className) {
        return CLASSES.resolve(className.replace('.', '/') + ".class");
    }

    private static void collectCalls(String className, ClassReader reader) {
        String simpleName = className.substring(className.lastIndexOf('.') + 1);
        reader.accept(
                new ClassVisitor(OpenedClassReader.ASM_API) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        return new MethodVisitor(OpenedClassReader.ASM_API) {
                            @Override
                            public void visitMethodInsn(
                                    int opcode, String owner, String called, String type, boolean isInterface) {
                                if (!owner.equals(SEAMS)) return;
                                List<String> calls =
                                        CALLS.computeIfAbsent(simpleName + "#" + name, first -> new ArrayList<>());
                                if (!calls.contains(called)) calls.add(called);
                            }
                        };
                    }
                },
                0);
    }
}
