package io.aquifer.kafkatests;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * One of Kafka's test classes, of the jars published with Kafka's version.
 *
 * @param name binary name
 * @param tests how many tests of it pass on stock Kafka, without those that are excluded
 * @param excluded methods that are not run
 */
record KafkaTestClass(String name, int tests, Set<String> excluded) {

    private static final String STORAGE = "org.apache.kafka.storage.internals.log.";
    private static final String REMOTE = "org.apache.kafka.server.log.remote.storage.";
    private static final String TIERED = "org.apache.kafka.tiered.storage.integration.";

    /** Tests of the classes that the seams are woven into, and of what these work with. */
    static Stream<KafkaTestClass> all() {
        return Stream.of(ofLogs(), ofCleaning(), ofBrokers()).flatMap(tests -> tests);
    }

    /** Tests of logs and what they are made of. */
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
                new KafkaTestClass("kafka.log.UnifiedLogTest", 77));
    }

    /** Tests of what cleans logs, and of what says which. All logs in them can be shared, and most are compacted. */
    static Stream<KafkaTestClass> ofCleaning() {
        return Stream.of(
                new KafkaTestClass("kafka.log.LogCleanerTest", 52),
                new KafkaTestClass(STORAGE + "LogCleanerManagerTest", 31));
    }

    /** As those of cleaning, but by threads, whose pauses of fifteen seconds make minutes. */
    static Stream<KafkaTestClass> ofCleanerThreads() {
        return Stream.of(
                new KafkaTestClass("kafka.log.LogCleanerParameterizedIntegrationTest", 23),
                new KafkaTestClass(STORAGE + "LogCleanerLagIntegrationTest", 8));
    }

    /** Tests of what is around logs. */
    static Stream<KafkaTestClass> ofBrokers() {
        return Stream.of(
                logManagerTest(),
                new KafkaTestClass("kafka.cluster.PartitionTest", 86),
                new KafkaTestClass("kafka.cluster.PartitionLockTest", 4),
                new KafkaTestClass("kafka.server.ReplicaManagerTest", 128),
                new KafkaTestClass("kafka.server.RemoteLeaderEndPointTest", 21),
                new KafkaTestClass("kafka.server.ReplicaFetcherThreadTest", 36),
                new KafkaTestClass("kafka.server.AbstractFetcherThreadTest", 66),
                new KafkaTestClass("kafka.server.ReplicaAlterLogDirsThreadTest", 15),
                new KafkaTestClass("kafka.server.TierStateMachineTest", 6));
    }

    /** Tests of what calls the remote storage and of what it is called for. */
    static Stream<KafkaTestClass> ofRemoteLogs() {
        return Stream.of(
                new KafkaTestClass(REMOTE + "RemoteLogManagerTest", 94),
                new KafkaTestClass(STORAGE + "RemoteIndexCacheTest", 35),
                new KafkaTestClass("kafka.server.ListOffsetsRequestWithRemoteStoreTest", 14));
    }

    /**
     * Tests of brokers that tier, in which a plug-in does the work: all of their package but {@code
     * TransactionsWithTieredStoreTest}, which takes more than eleven minutes alone.
     */
    static Stream<KafkaTestClass> ofTieringBrokers() {
        return Stream.of(
                new KafkaTestClass(TIERED + "AlterLogDirTest", 2),
                new KafkaTestClass(TIERED + "DeleteSegmentsByRetentionSizeTest", 2),
                new KafkaTestClass(TIERED + "DeleteSegmentsByRetentionTimeTest", 2),
                new KafkaTestClass(TIERED + "DeleteSegmentsDueToLogStartOffsetBreachTest", 2),
                new KafkaTestClass(TIERED + "DeleteTopicTest", 2),
                new KafkaTestClass(TIERED + "DisableRemoteLogOnTopicTest", 2),
                new KafkaTestClass(TIERED + "EnableRemoteLogOnTopicTest", 2),
                new KafkaTestClass(TIERED + "FetchFromLeaderWithCorruptedCheckpointTest", 2),
                new KafkaTestClass(TIERED + "ListOffsetsTest", 2),
                new KafkaTestClass(TIERED + "OffloadAndConsumeFromLeaderTest", 2),
                new KafkaTestClass(TIERED + "OffloadAndTxnConsumeFromLeaderTest", 2),
                new KafkaTestClass(TIERED + "PartitionsExpandTest", 2),
                new KafkaTestClass(TIERED + "ReassignReplicaExpandTest", 2),
                new KafkaTestClass(TIERED + "ReassignReplicaMoveTest", 2),
                new KafkaTestClass(TIERED + "ReassignReplicaShrinkTest", 2),
                new KafkaTestClass(TIERED + "RollAndOffloadActiveSegmentTest", 2));
    }

    /** Those whose logs can be shared: made by a log manager or as it makes them, at least some. */
    static Stream<KafkaTestClass> ofShareableLogs() {
        return Stream.of(
                new KafkaTestClass(STORAGE + "UnifiedLogTest", 105),
                new KafkaTestClass(STORAGE + "LogConcurrencyTest", 2),
                new KafkaTestClass("kafka.log.LogLoaderTest", 34)
                        // Loads the logs of several brokers, one after the other, in one runtime.
                        .without("testLogRecoveryIsCalledUponBrokerCrash")
                        // Expects a loaded log not to be flushed; sharing a log begins with that.
                        .without("testLogRecoversToCorrectOffset"),
                new KafkaTestClass("kafka.log.UnifiedLogTest", 77),
                logManagerTest()
                        // Counts the files of a partition's directory, where a shared log has one more.
                        .without("testCleanupExpiredSegments")
                        // Each loads logs twice in one runtime.
                        .without("testLoadLogsSkipRemoteIndexCache")
                        .without("testHandlingExceptionsDuringShutdown")
                        .without("testShutdownWithZeroFileDeleteDelayMs")
                        .without("testReplaceCurrentWithFutureLogDoesNotCloseSourceLog")
                        .without("testCleanShutdownFileWithBrokerEpoch")
                        .without("testMetricsAreRemovedWhenMovingCurrentToFutureLog"),
                new KafkaTestClass("kafka.cluster.PartitionTest", 86),
                new KafkaTestClass("kafka.server.ReplicaManagerTest", 128));
    }

    private static KafkaTestClass logManagerTest() {
        return new KafkaTestClass("kafka.log.LogManagerTest", 44)
                // Makes a directory unreadable, which stops everyone but root.
                .without("testInvalidLogDirNotFailLogManager");
    }

    private KafkaTestClass(String name, int tests) {
        this(name, tests, Set.of());
    }

    /** The same, but for one method, which is one test. */
    private KafkaTestClass without(String method) {
        Set<String> more = new HashSet<>(excluded);
        more.add(method);
        return new KafkaTestClass(name, tests - 1, more);
    }

    /** The name without its package. */
    String simpleName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Runs the tests in this process, and tells {@code around} of each. */
    Result run(TestExecutionListener... around) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        List<TestExecutionListener> listeners = new ArrayList<>(List.of(around));
        listeners.add(listener);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(name))
                .filters((PostDiscoveryFilter) this::filter)
                .build();
        LauncherFactory.create().execute(request, listeners.toArray(new TestExecutionListener[0]));
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
