package io.aquifer.takeover;

import io.aquifer.controller.ActiveController;
import io.aquifer.controller.CommittedMetadata;
import io.aquifer.controller.ControllerChannel;
import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.TakeoverListing;
import io.aquifer.format.TakeoverPlan;
import io.aquifer.format.TakeoverPlan.Handover;
import io.aquifer.format.TakeoverState;
import io.aquifer.format.Takeovers;
import io.aquifer.format.WalEpoch;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoreWait;
import io.aquifer.rebuild.TakenLog;
import io.aquifer.rebuild.TakenLogs;
import io.aquifer.rebuild.TakeoverStaging;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.upload.WalTakeover;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.image.MetadataImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker's part in takeovers: it notices that a broker is missed, makes ready what it gets itself, and drives what is to be
 * done if no broker with a lower node id is there to do it.
 *
 * <p>Used by the thread that starts the broker, and then by its own.
 */
public final class BrokerTakeovers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerTakeovers.class);

    /** How often the metadata are looked at, and the bucket while a takeover gets on. */
    private static final long RUNNING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How often the bucket is looked at while a takeover waits for something. */
    private static final long WAITING_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How often the bucket is looked at for takeovers that somebody asked for. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** A takeover in which nothing changes for so long waits for something. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final Takeovers takeovers;
    private final int brokerId;
    private final TakeoverSettings settings;
    private final Supplier<MetadataImage> metadata;
    private final ControllerChannel controller;
    private final CommittedMetadata committed;
    private final Reassignment reassignment;
    private final BlockDevices devices;
    private final TakeoverStaging staging;
    private final TakenLogs logs;
    private final Predicate<LogIncarnation> has;
    private final Durability durability;
    private final LongSupplier clock;
    private final Thread thread;
    private final Map<WalEpoch, TakeoverPlan> plans = new HashMap<>();
    private final Map<WalEpoch, TakeoverDriver> drivers = new HashMap<>();
    private final Set<WalEpoch> prepared = new HashSet<>();
    /** Brokers that are missed, and since when. */
    private final Map<Integer, Long> missedSince = new HashMap<>();
    /** Those of them for which there is nothing left to ask. */
    private final Set<Integer> seenTo = new HashSet<>();

    private volatile boolean closing;
    private volatile List<TakeoverState> running = List.of();
    private long seenMetadata = -1;
    private long lookedAt;
    private long changedAt;
    private BiConsumer<TopicPartition, File> preferredLogDir = (partition, logDir) -> {};

    /** Waits for what this broker's WAL has taken from others. */
    @FunctionalInterface
    public interface Durability {
        /** Returns when all of it is durable. */
        void await() throws IOException;
    }

    /**
     * @param metadata the broker's newest image of it
     * @param controller closed with this
     * @param devices opens the devices of other brokers
     * @param logs gets what is ready
     * @param has whether this broker's own WAL has a partition
     * @param durability of what it has
     * @param clock nanoseconds
     */
    public BrokerTakeovers(
            ObjectStore store,
            ClusterKeys keys,
            int brokerId,
            TakeoverSettings settings,
            Supplier<MetadataImage> metadata,
            ControllerChannel controller,
            BlockDevices devices,
            TakeoverStaging staging,
            TakenLogs logs,
            Predicate<LogIncarnation> has,
            Durability durability,
            LongSupplier clock) {
        this.store = store;
        this.keys = keys;
        this.takeovers = new Takeovers(store, keys);
        this.brokerId = brokerId;
        this.settings = settings;
        this.metadata = metadata;
        this.controller = controller;
        this.committed = new ActiveController(controller);
        this.reassignment = new Reassignment(controller);
        this.devices = devices;
        this.staging = staging;
        this.logs = logs;
        this.has = has;
        this.durability = durability;
        this.clock = clock;
        this.lookedAt = clock.getAsLong() - IDLE_NANOS;
        this.changedAt = clock.getAsLong();
        this.thread = new Thread(this::run, "aquifer-takeover");
        thread.setDaemon(true);
    }

    /**
     * Takes up what an earlier process of this broker was about to get, before Kafka looks at the log directories: what that one
     * didn't finish goes away, and isn't made as an empty log.
     *
     * @throws IOException if the bucket can't be read or the files not deleted: then the broker mustn't start
     */
    public void takeUp() throws IOException {
        TakeoverListing listing = StoreWait.untilDone(takeovers.list());
        readPlans(listing);
        for (TakeoverPlan plan : plans.values()) {
            List<LogIncarnation> unfinished = coming(plan).stream()
                    .map(Handover::log)
                    .filter(log -> !has.test(log))
                    .toList();
            staging.removeUnfinished(unfinished);
            unfinished.forEach(log -> logs.expect(log.topicId(), log.partition(), notReady(plan)));
        }
    }

    /**
     * Kafka has loaded its logs, and makes others from now on: what this broker is to get is ready for that when this returns.
     *
     * @param preferred tells Kafka in which log directory a partition belongs
     */
    public void start(BiConsumer<TopicPartition, File> preferred) throws IOException {
        preferredLogDir = preferred;
        for (TakeoverPlan plan : List.copyOf(plans.values())) {
            prepare(plan);
        }
        thread.start();
    }

    /** How many takeovers aren't complete, as far as this broker knows. */
    public int running() {
        return running.size();
    }

    private void run() {
        String failure = "";
        while (!closing) {
            try {
                round();
                failure = "";
            } catch (IOException | RuntimeException e) {
                String message = String.valueOf(e.getMessage());
                if (!closing && !message.equals(failure)) {
                    LOG.error("Taking over goes on to be tried: {}", message, e);
                }
                failure = message;
            }
            LockSupport.parkNanos(this, RUNNING_NANOS);
        }
    }

    private void round() throws IOException {
        ClusterView cluster = look();
        Set<Integer> toAsk = toAsk();
        if (toAsk.isEmpty() && clock.getAsLong() - lookedAt < interval()) {
            return;
        }
        TakeoverListing listing = StoreWait.untilDone(takeovers.list());
        lookedAt = clock.getAsLong();
        if (askFor(toAsk, listing)) {
            listing = StoreWait.untilDone(takeovers.list());
        }
        if (!listing.running().equals(running)) {
            running = listing.running();
            changedAt = lookedAt;
        }
        readPlans(listing);
        OptionalInt driver = cluster.driver(listing.owners());
        for (TakeoverState takeover : listing.running()) {
            TakeoverPlan plan = plans.get(takeover.wal());
            if (plan != null) {
                prepare(plan);
                forgetDeleted(cluster, plan);
                sayTaken(takeover, plan);
            }
            if (driver.isPresent()
                    && driver.getAsInt() == brokerId
                    && takeover.wal().nodeId() != brokerId) {
                drivers.computeIfAbsent(takeover.wal(), this::driver).step(cluster, listing, takeover, plans);
            }
        }
    }

    private long interval() {
        if (running.isEmpty()) {
            return IDLE_NANOS;
        }
        return clock.getAsLong() - changedAt < PATIENCE_NANOS ? RUNNING_NANOS : WAITING_NANOS;
    }

    private TakeoverDriver driver(WalEpoch wal) {
        return new TakeoverDriver(store, keys, brokerId, wal, settings, devices, committed, reassignment, clock);
    }

    /** All partitions are only looked through when something changed. */
    private ClusterView look() {
        MetadataImage image = metadata.get();
        ClusterView cluster = new ClusterView(image);
        if (settings.automatic() && image.offset() != seenMetadata) {
            seenMetadata = image.offset();
            Set<Integer> missed = cluster.missed();
            missedSince.keySet().retainAll(missed);
            seenTo.retainAll(missed);
            missed.forEach(broker -> missedSince.putIfAbsent(broker, clock.getAsLong()));
        }
        return cluster;
    }

    /** Brokers that were missed for long enough. */
    private Set<Integer> toAsk() {
        Set<Integer> toAsk = new TreeSet<>();
        missedSince.forEach((broker, since) -> {
            if (!seenTo.contains(broker)
                    && clock.getAsLong() - since >= settings.delay().toNanos()) {
                toAsk.add(broker);
            }
        });
        return toAsk;
    }

    private boolean askFor(Set<Integer> missed, TakeoverListing listing) throws IOException {
        boolean asked = false;
        for (int broker : missed) {
            Optional<WalEpoch> wal =
                    listing.owners().contains(broker) ? WalTakeover.of(store, keys, broker) : Optional.empty();
            if (wal.isPresent() && listing.of(wal.get()).isEmpty()) {
                PutResult unused = StoreWait.untilDone(takeovers.ask(wal.get(), brokerId));
                LOG.info("Broker {} is missed: its WAL and its partitions are taken over", broker);
                asked = true;
            }
            seenTo.add(broker);
        }
        return asked;
    }

    /** Those of takeovers that aren't complete; the others' logs don't come any more. */
    private void readPlans(TakeoverListing listing) throws IOException {
        Set<WalEpoch> current = new TreeSet<>();
        for (TakeoverState takeover : listing.running()) {
            current.add(takeover.wal());
            if (takeover.planned() && !plans.containsKey(takeover.wal())) {
                Optional<TakeoverPlan> plan = StoreWait.untilDone(takeovers.plan(takeover.wal()));
                plan.ifPresent(found -> plans.put(takeover.wal(), found));
            }
        }
        for (TakeoverPlan plan : List.copyOf(plans.values())) {
            if (!current.contains(plan.wal())) {
                plans.remove(plan.wal());
                drivers.remove(plan.wal());
                prepared.remove(plan.wal());
                coming(plan)
                        .forEach(each ->
                                logs.forget(each.log().topicId(), each.log().partition()));
            }
        }
        if (plans.values().stream().allMatch(plan -> coming(plan).isEmpty())) {
            staging.unmark();
        }
    }

    private List<Handover> coming(TakeoverPlan plan) {
        return plan.of(brokerId);
    }

    private static String notReady(TakeoverPlan plan) {
        return "it comes from broker " + plan.wal().nodeId() + ", whose WAL is taken over, and isn't ready yet";
    }

    /** Makes ready what this broker gets, once in the life of its process, and says so. */
    private void prepare(TakeoverPlan plan) throws IOException {
        if (prepared.contains(plan.wal()) || coming(plan).isEmpty()) {
            return;
        }
        List<Handover> wanted =
                coming(plan).stream().filter(each -> !has.test(each.log())).toList();
        staging.mark();
        wanted.forEach(each -> logs.expect(each.log().topicId(), each.log().partition(), notReady(plan)));
        long begin = clock.getAsLong();
        Map<WalEpoch, List<Handover>> bySource = wanted.stream().collect(Collectors.groupingBy(Handover::source));
        int ready = 0;
        for (List<Handover> handovers : bySource.values()) {
            Handover first = handovers.get(0);
            TakeoverStaging.Result result = staging.stage(
                    first.source().nodeId(),
                    first.walId(),
                    handovers.stream().map(Handover::log).toList());
            for (TakenLog log : result.taken()) {
                preferredLogDir.accept(log.partition(), log.logDir());
                logs.ready(log);
                ready++;
            }
            result.refused().forEach((log, reason) -> logs.refused(log.topicId(), log.partition(), reason));
        }
        prepared.add(plan.wal());
        PutResult unused = StoreWait.untilDone(takeovers.prepared(plan.wal(), brokerId));
        LOG.info(
                "Made {} of {} partitions of broker {} ready in {} ms",
                ready,
                wanted.size(),
                plan.wal().nodeId(),
                TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - begin));
    }

    /** A topic that the plan has and newer metadata haven't was deleted. */
    private void forgetDeleted(ClusterView cluster, TakeoverPlan plan) {
        if (cluster.offset() < plan.metadataOffset()) {
            return;
        }
        for (Handover each : coming(plan)) {
            if (cluster.name(each.log()).isEmpty()) {
                logs.forget(each.log().topicId(), each.log().partition());
            }
        }
    }

    /** Metadata say that a partition is here before its log was made. */
    private void sayTaken(TakeoverState takeover, TakeoverPlan plan) throws IOException {
        List<Handover> coming = coming(plan);
        if (!coming.isEmpty()
                && !takeover.taken().contains(brokerId)
                && coming.stream()
                        .noneMatch(each ->
                                logs.isExpected(each.log().topicId(), each.log().partition()))) {
            durability.await();
            PutResult unused = StoreWait.untilDone(takeovers.taken(takeover.wal(), brokerId));
        }
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        controller.close();
    }
}
