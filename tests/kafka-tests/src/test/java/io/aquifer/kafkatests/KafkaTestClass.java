package io.aquifer.kafkatests;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * One of Kafka's test classes, of the jars published with Kafka's version.
 *
 * @param name binary name
 * @param tests how many tests of it pass on stock Kafka, those of {@code excluded} methods left out
 * @param excluded methods that are not run
 */
record KafkaTestClass(String name, int tests, Set<String> excluded) {

    private static final String STORAGE = "org.apache.kafka.storage.internals.log.";

    /** Tests of the classes that the seams are woven into, and of what these work with. */
    static Stream<KafkaTestClass> all() {
        return Stream.concat(ofLogs(), ofBrokers());
    }

    /** Tests that append to logs. */
    static Stream<KafkaTestClass> ofLogs() {
        return Stream.of(
                new KafkaTestClass(STORAGE + "LogSegmentTest", 35),
                new KafkaTestClass(STORAGE + "LogSegmentsTest", 7),
                new KafkaTestClass(STORAGE + "LocalLogTest", 37),
                new KafkaTestClass(STORAGE + "UnifiedLogTest", 105),
                new KafkaTestClass(STORAGE + "ProducerStateManagerTest", 64),
                new KafkaTestClass(STORAGE + "LogConcurrencyTest", 2),
                new KafkaTestClass(STORAGE + "LogManagerTest", 2),
                new KafkaTestClass("kafka.log.LogLoaderTest", 34),
                new KafkaTestClass("kafka.log.UnifiedLogTest", 77),
                new KafkaTestClass("kafka.log.LogCleanerTest", 52));
    }

    /** Tests of the classes around logs. */
    static Stream<KafkaTestClass> ofBrokers() {
        return Stream.of(
                // It makes a directory unreadable, which stops everyone but root.
                new KafkaTestClass("kafka.log.LogManagerTest", 43, Set.of("testInvalidLogDirNotFailLogManager")),
                new KafkaTestClass("kafka.cluster.PartitionTest", 86),
                new KafkaTestClass("kafka.cluster.PartitionLockTest", 4),
                new KafkaTestClass("kafka.server.ReplicaManagerTest", 128),
                new KafkaTestClass("kafka.server.RemoteLeaderEndPointTest", 21),
                new KafkaTestClass("kafka.server.ReplicaFetcherThreadTest", 36),
                new KafkaTestClass("kafka.server.AbstractFetcherThreadTest", 66),
                new KafkaTestClass("kafka.server.ReplicaAlterLogDirsThreadTest", 15),
                new KafkaTestClass("kafka.server.TierStateMachineTest", 6));
    }

    private KafkaTestClass(String name, int tests) {
        this(name, tests, Set.of());
    }

    /** Runs the tests in this process. */
    Result run() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(name))
                .filters((PostDiscoveryFilter) this::filter)
                .build();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        return new Result(
                summary.getTestsSucceededCount(),
                summary.getFailures().stream().map(KafkaTestClass::text).toList());
    }

    private FilterResult filter(TestDescriptor test) {
        boolean isExcluded = test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> excluded.contains(((MethodSource) source).getMethodName()))
                .orElse(false);
        return FilterResult.includedIf(!isExcluded);
    }

    private static String text(TestExecutionSummary.Failure failure) {
        StringWriter text = new StringWriter();
        text.append(failure.getTestIdentifier().getDisplayName()).append(": ");
        failure.getException().printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Override
    public String toString() {
        return name + ", " + tests + " tests";
    }

    /**
     * What came of a run.
     *
     * @param succeeded number of tests that ran and passed
     * @param failures what failed, with its stack trace
     */
    record Result(long succeeded, List<String> failures) {}
}
