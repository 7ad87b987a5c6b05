package io.aquifer.kafkatests;

import io.aquifer.object.EmbeddedS3;
import io.aquifer.remote.S3RemoteStorageManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;
import org.apache.kafka.tiered.storage.utils.TieredStorageTestUtils;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Gives every test a place in the bucket of its own, and looks after it whether what the test copied and did not delete is
 * there, and nothing else, once the deletions that its brokers promised are done.
 */
final class TierPerTest implements TestExecutionListener {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static volatile TierOfTest current;

    private final EmbeddedS3 server;
    private final Path buckets;
    private final Path journals;
    private final String name;
    private final List<String> troubles = new ArrayList<>();
    private int tests;
    private long copies;
    private long reads;

    /**
     * @param server has the bucket {@link TierOfTest#BUCKET}
     * @param buckets the folder of its buckets
     * @param journals a folder for what brokers note
     * @param name of the tests, with which keys can begin
     */
    TierPerTest(EmbeddedS3 server, Path buckets, Path journals, String name) {
        this.server = server;
        this.buckets = buckets;
        this.journals = journals;
        this.name = name;
    }

    /** From now on, in this process, brokers of Kafka's tests of tiering use {@link S3BesideLocalStorage}. */
    static void install() {
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .type(ElementMatchers.is(TieredStorageTestUtils.class))
                .transform((builder, type, loader, module, domain) -> builder.visit(
                        Advice.to(TierPerTest.class).on(ElementMatchers.named("createPropsForRemoteStorage"))))
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .installOn(ByteBuddyAgent.install());
    }

    @Advice.OnMethodExit
    static void exit(@Advice.Return Properties settings) {
        settings.setProperty("remote.log.storage.manager.class.name", "io.aquifer.kafkatests.S3BesideLocalStorage");
    }

    /** Of the test that runs. */
    static TierOfTest tier() {
        return Objects.requireNonNull(current, "no test runs");
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            current = new TierOfTest(server.endpoint(), buckets, journals, name + "-" + tests++);
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            TierOfTest tier = tier();
            current = null;
            settle(tier);
            tier.troubles().forEach(trouble -> troubles.add(test.getDisplayName() + ": " + trouble));
            copies += tier.copies();
            reads += tier.reads();
        }
    }

    private static void settle(TierOfTest tier) {
        List<S3RemoteStorageManager> managers = new ArrayList<>();
        try {
            for (int broker : tier.brokers()) {
                S3RemoteStorageManager manager = new S3RemoteStorageManager();
                managers.add(manager);
                manager.configure(tier.settings(broker));
            }
            long deadline = System.nanoTime() + DEADLINE_NANOS;
            while (!tier.isAsExpected()) {
                if (System.nanoTime() > deadline) {
                    tier.trouble("In the end " + tier);
                    return;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            tier.trouble("The storage managers can't be started again: " + e);
        } finally {
            managers.forEach(manager -> close(manager, tier));
        }
    }

    private static void close(S3RemoteStorageManager manager, TierOfTest tier) {
        try {
            manager.close();
        } catch (IOException e) {
            tier.trouble("A storage manager can't be closed: " + e);
        }
    }

    /** What storage managers should not have done, of all tests. */
    List<String> troubles() {
        return troubles;
    }

    /** How many segments were copied. */
    long copies() {
        return copies;
    }

    /** How many streams were read from S3. */
    long reads() {
        return reads;
    }
}
