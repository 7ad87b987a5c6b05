package io.aquifer.kafkatests;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * One run of one of Kafka's test classes.
 *
 * @param succeeded number of tests that ran and passed
 * @param failures what failed, with its stack trace
 */
record KafkaTestRun(long succeeded, List<String> failures) {

    /** Runs all tests of a class in this process. */
    static KafkaTestRun of(String className) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        Launcher launcher = LauncherFactory.create();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(className))
                .build();
        launcher.execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        return new KafkaTestRun(
                summary.getTestsSucceededCount(),
                summary.getFailures().stream().map(KafkaTestRun::text).toList());
    }

    private static String text(TestExecutionSummary.Failure failure) {
        StringWriter text = new StringWriter();
        text.append(failure.getTestIdentifier().getDisplayName()).append(": ");
        failure.getException().printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
