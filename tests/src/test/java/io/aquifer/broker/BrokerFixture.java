package io.aquifer.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.AquiferCluster;
import io.aquifer.harness.BrokerProcess;
import io.aquifer.harness.Cleanup;
import io.aquifer.harness.Folders;
import io.aquifer.harness.History;
import io.aquifer.harness.HistoryChecker;
import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Load;
import io.aquifer.harness.Readback;
import io.aquifer.harness.Tier;
import io.aquifer.harness.Topics;
import io.aquifer.harness.Verdict;
import io.aquifer.harness.WalDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A broker with the JAR and a WAL of its own, and what tests do with one. */
final class BrokerFixture implements AutoCloseable {

    /** Longer than anything takes on a machine that does much else. */
    static final Duration LIMIT = Duration.ofMinutes(2);

    /** The setting that says how often garbage is collected. */
    static final String GC_INTERVAL = "aquifer.gc.interval.ms";

    /**
     * Nobody trims, so that nothing is flushed: whatever is cut off a segment must come back from the WAL. Small
     * batches take a block each, hence the size.
     */
    static final AquiferCluster.Plan NEVER_FLUSHED =
            AquiferCluster.Plan.DEFAULT.withWal(1L << 30).with("aquifer.wal.trim.interval.ms", "3600000");

    private final Cleanup cleanup = new Cleanup();
    private final Path folder;
    private final AquiferCluster cluster;
    private final Topics topics;
    private @Nullable Tier tier;

    private BrokerFixture(AquiferCluster.Plan plan) throws IOException {
        folder = cleanup.add(Folders.scratch("broker")).path();
        cluster = cleanup.add(AquiferCluster.prepare(folder, plan));
        topics = new Topics(cleanup.add(cluster.broker().admin()));
    }

    /** Sets up and starts. */
    static BrokerFixture start(AquiferCluster.Plan plan) throws IOException {
        return new BrokerFixture(plan).start(false);
    }

    /**
     * Sets up and starts, with segments kept in an S3 server of this process. Garbage stays there unless the plan says
     * otherwise.
     */
    static BrokerFixture startTiered(AquiferCluster.Plan plan) throws IOException {
        boolean collecting = plan.settings().containsKey(GC_INTERVAL);
        return new BrokerFixture(collecting ? plan : plan.with(GC_INTERVAL, "86400000")).start(true);
    }

    private BrokerFixture start(boolean tiered) throws IOException {
        boolean started = false;
        try {
            if (tiered) {
                tier = cleanup.add(Tier.start(folder.resolve("s3")));
                tier.useIn(cluster.cluster());
            }
            cluster.start();
            started = true;
            return this;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    AquiferCluster cluster() {
        return cluster;
    }

    /** The first node. */
    BrokerProcess broker() {
        return cluster.broker();
    }

    WalDevice device() {
        return cluster.device();
    }

    String bootstrap() {
        return cluster.cluster().bootstrap();
    }

    Topics topics() {
        return topics;
    }

    /** Where segments go; only where it was started tiered. */
    Tier tier() {
        return Objects.requireNonNull(tier);
    }

    void createShared(String topic, int partitions) {
        createShared(topic, partitions, Map.of());
    }

    void createShared(String topic, int partitions, Map<String, String> config) {
        Map<String, String> all = new LinkedHashMap<>(Topics.SHARED);
        all.putAll(config);
        topics.create(topic, partitions, 1, all);
    }

    /** Writes {@code records} records and answers what is known of them, all acknowledged. */
    History write(String topic, int records) {
        History history = new History();
        writeMore(topic, history, records, Load.Options.DEFAULT);
        return history;
    }

    /** Writes {@code records} more, all acknowledged. */
    void writeMore(String topic, History history, int records, Load.Options options) {
        try (Load load = new Load(bootstrap(), topic, history, options.withRecords(records)).start()) {
            load.finish(LIMIT);
            assertThat(load.firstFailure()).isNull();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + whatBrokersDo(), e);
        }
    }

    /** For a message: what every broker has said, and what its threads do. */
    String whatBrokersDo() {
        StringBuilder all = new StringBuilder();
        for (BrokerProcess broker : cluster.cluster().brokers()) {
            all.append("\n\n").append(broker).append(":\n").append(broker.output());
            if (broker.isAlive()) {
                all.append(broker.threads(Duration.ofSeconds(30)));
            }
        }
        return all.toString();
    }

    /** From where on a partition's records are in the WAL and needn't be on the local disk, as its leader said last. */
    long sharedFrom(String topic, int partition) {
        String output = outputOf(topic, partition);
        Matcher found = Pattern.compile(topic + "-" + partition + " is shared from offset (\\d+) on")
                .matcher(output);
        return found.results()
                .reduce((first, second) -> second)
                .map(last -> Long.parseLong(last.group(1)))
                .orElseThrow(() -> new AssertionError(topic + "-" + partition + " isn't shared:\n" + output));
    }

    private String outputOf(String topic, int partition) {
        int leader = topics.leader(topic, partition);
        return cluster.cluster().brokers().stream()
                .filter(broker -> broker.config().nodeId() == leader)
                .map(BrokerProcess::output)
                .collect(Collectors.joining());
    }

    /** SIGKILL, and up again. */
    void killAndRestart() throws IOException {
        broker().kill();
        restart();
    }

    void restart() throws IOException {
        broker().startAndAwait(LIMIT);
    }

    /** Reads all of a topic as an ordinary consumer sees it. */
    Verdict check(String topic, History history) {
        return check(topic, history, Isolation.READ_UNCOMMITTED);
    }

    Verdict check(String topic, History history, Isolation isolation) {
        return Readback.check(bootstrap(), topic, history, isolation, LIMIT);
    }

    /** As {@link #check}, where partitions may begin at the given offsets. */
    Verdict checkFrom(String topic, History history, Map<Integer, Long> logStarts) {
        HistoryChecker checker = new HistoryChecker(history, Isolation.READ_UNCOMMITTED);
        logStarts.forEach(checker::logStartsAt);
        Readback.readAll(bootstrap(), topic, Isolation.READ_UNCOMMITTED, LIMIT, checker::read);
        return checker.verdict();
    }

    /** Fails unless every acknowledged record is in its place and none is there twice. */
    void assertIntact(String topic, History history) {
        Verdict verdict = check(topic, history);
        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.acknowledged()).isPositive();
    }

    @Override
    public void close() {
        cleanup.close();
    }
}
