package io.aquifer.takeover;

import io.aquifer.controller.CommittedMetadata;
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
import io.aquifer.rebuild.StoredWal;
import io.aquifer.wal.device.BlockDevice;
import io.aquifer.wal.device.BlockDevices;
import io.aquifer.wal.upload.WalTakeover;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the takeover of one broker's WAL from step to step. Each step is in the bucket once it is done, so another broker goes
 * on from there, or does the same at the same time.
 *
 * <p>Used by one thread.
 */
final class TakeoverDriver {

    private static final Logger LOG = LoggerFactory.getLogger(TakeoverDriver.class);

    /** What is added to a lease, as a part of it, since clocks don't run at the same rate. */
    private static final int DRIFT_FRACTION = 10;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final Takeovers takeovers;
    private final int brokerId;
    private final WalEpoch wal;
    private final TakeoverSettings settings;
    private final BlockDevices devices;
    private final CommittedMetadata committed;
    private final Reassignment reassignment;
    private final LongSupplier clock;
    private final WalTakeover takeover;
    /** What the terms say of a WAL that is sealed, which nobody changes any more. */
    private OptionalLong leaseMs = OptionalLong.empty();

    private OptionalLong sealedAt = OptionalLong.empty();
    private String waitingFor = "";

    /** @param clock nanoseconds of a clock that doesn't run faster than the owner's by more than a tenth */
    TakeoverDriver(
            ObjectStore store,
            ClusterKeys keys,
            int brokerId,
            WalEpoch wal,
            TakeoverSettings settings,
            BlockDevices devices,
            CommittedMetadata committed,
            Reassignment reassignment,
            LongSupplier clock) {
        this.store = store;
        this.keys = keys;
        this.takeovers = new Takeovers(store, keys);
        this.brokerId = brokerId;
        this.wal = wal;
        this.settings = settings;
        this.devices = devices;
        this.committed = committed;
        this.reassignment = reassignment;
        this.clock = clock;
        this.takeover = WalTakeover.of(store, keys, wal, brokerId);
    }

    /**
     * Does what can be done now.
     *
     * @param state how far the takeover had come when {@code listing} was made
     * @param plans of all takeovers that have one and aren't complete
     */
    void step(ClusterView cluster, TakeoverListing listing, TakeoverState state, Map<WalEpoch, TakeoverPlan> plans)
            throws IOException {
        TakeoverPlan plan = plans.get(wal);
        if (plan != null) {
            handOver(cluster, state, plan);
        } else if (isUploaded(cluster)) {
            makePlan(cluster, listing, plans);
        }
    }

    private boolean isUploaded(ClusterView cluster) throws IOException {
        if (takeover.isUploaded()) {
            return true;
        }
        if (sealedAt.isEmpty()) {
            if (cluster.isAlive(wal.nodeId())) {
                await("broker " + wal.nodeId() + " is in use. Stop it, or drain it");
                return false;
            }
            takeover.seal();
            leaseMs = takeover.leaseMs();
            sealedAt = OptionalLong.of(clock.getAsLong());
            LOG.info("Sealed the WAL of broker {}: nobody writes it any more", wal.nodeId());
        }
        if (!isFenced()) {
            return false;
        }
        uploadRest();
        return takeover.isUploaded();
    }

    /** Whether the owner, if it still runs, has stopped acknowledging. */
    private boolean isFenced() {
        if (leaseMs.isEmpty()) {
            await("broker " + wal.nodeId() + " acknowledges for as long as it has its device (aquifer.fence=device)."
                    + " Detach it, and run `aquifer broker takeover " + wal.nodeId() + " --device DEVICE`");
            return false;
        }
        long wait = TimeUnit.MILLISECONDS.toNanos(leaseMs.getAsLong() + leaseMs.getAsLong() / DRIFT_FRACTION);
        return clock.getAsLong() - sealedAt.orElseThrow() >= wait;
    }

    private void uploadRest() throws IOException {
        Optional<Path> path = settings.device(wal.nodeId());
        if (path.isPresent()) {
            try (BlockDevice device = devices.openForReading(path.get())) {
                takeover.upload(device);
            }
        } else if (settings.acceptLoss()) {
            takeover.giveUpRest();
            LOG.warn("What broker {} acknowledged and hadn't uploaded is lost, as accepted", wal.nodeId());
        } else {
            await("what only the device of broker " + wal.nodeId() + " holds isn't in the " + store.name()
                    + ". Run `aquifer broker takeover " + wal.nodeId() + " --device DEVICE` where it is attached, or"
                    + " --accept-loss if it is lost");
        }
    }

    private void await(String what) {
        if (!what.equals(waitingFor)) {
            waitingFor = what;
            LOG.warn("The takeover of broker {} waits: {}", wal.nodeId(), what);
        }
    }

    /** Only from the newest metadata: by older ones, what has another leader since may seem to have none. */
    private void makePlan(ClusterView cluster, TakeoverListing listing, Map<WalEpoch, TakeoverPlan> plans)
            throws IOException {
        Set<Integer> taken = new HashSet<>(Set.of(wal.nodeId()));
        plans.keySet().forEach(other -> taken.add(other.nodeId()));
        if (taken.stream().anyMatch(cluster::isAlive) || cluster.offset() + 1 < committed.end()) {
            return;
        }
        OwnerChoice choice = new OwnerChoice(
                cluster,
                wal.nodeId(),
                listing.owners().stream().filter(cluster::isWilling).toList());
        List<Handover> handovers = new ArrayList<>();
        for (Map.Entry<LogIncarnation, Source> log : stranded(cluster, taken, plans)) {
            OptionalInt owner = choice.choose(log.getKey());
            if (owner.isEmpty()) {
                await("no broker can get " + cluster.name(log.getKey()).orElseThrow()
                        + ": each has a replica that lags behind, or is away");
                return;
            }
            Source source = log.getValue();
            handovers.add(new Handover(source.wal(), source.walId(), log.getKey(), owner.getAsInt()));
        }
        PutResult put =
                StoreWait.untilDone(takeovers.create(new TakeoverPlan(wal, brokerId, cluster.offset(), handovers)));
        LOG.info(
                "{} the takeover of broker {}: {} partitions get new owners",
                put == PutResult.CREATED ? "Planned" : "Another broker planned",
                wal.nodeId(),
                handovers.size());
    }

    /** Where a log is to be had. */
    private record Source(WalEpoch wal, UUID walId) {}

    /** What waits for this broker, in a settled order: what its WAL has, and what it was to get from others and hasn't. */
    private List<Map.Entry<LogIncarnation, Source>> stranded(
            ClusterView cluster, Set<Integer> taken, Map<WalEpoch, TakeoverPlan> plans) throws IOException {
        Map<LogIncarnation, Source> stranded = new HashMap<>();
        Set<TopicPartition> own = new HashSet<>();
        UUID walId = takeover.walIdWhenUploaded().orElseThrow();
        for (LogIncarnation log : StoredWal.logs(store, keys, wal.nodeId(), walId)) {
            if (cluster.isStranded(log, taken)) {
                own.add(cluster.name(log).orElseThrow());
                stranded.put(log, new Source(wal, walId));
            }
        }
        for (TakeoverPlan plan : plans.values()) {
            for (Handover handover : plan.of(wal.nodeId())) {
                LogIncarnation log = handover.log();
                if (cluster.isStranded(log, taken)
                        && !own.contains(cluster.name(log).orElseThrow())) {
                    stranded.put(log, new Source(handover.source(), handover.walId()));
                }
            }
        }
        return stranded.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(
                        Comparator.comparing(LogIncarnation::topicId).thenComparing(LogIncarnation::partition)))
                .toList();
    }

    private void handOver(ClusterView cluster, TakeoverState state, TakeoverPlan plan) throws IOException {
        if (cluster.offset() < plan.metadataOffset()) {
            return;
        }
        Map<TopicPartition, Integer> moving = new HashMap<>();
        int left = 0;
        for (Handover each : plan.handovers()) {
            if (!cluster.isHandedOver(each.log(), wal.nodeId(), each.source().nodeId())) {
                left++;
                if (state.prepared().contains(each.owner()) && cluster.isAlive(each.owner())) {
                    cluster.name(each.log()).ifPresent(name -> moving.put(name, each.owner()));
                }
            } else if (cluster.isLeader(each.log(), each.owner())
                    && !state.taken().contains(each.owner())) {
                left++;
            }
        }
        if (left == 0) {
            PutResult unused = StoreWait.untilDone(takeovers.complete(wal, brokerId));
            LOG.info(
                    "The takeover of broker {} is complete: {} partitions are with their new owners",
                    wal.nodeId(),
                    plan.handovers().size());
        } else if (!moving.isEmpty()) {
            reassignment.move(moving);
        }
    }
}
