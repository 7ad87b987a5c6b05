package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.WalChain;
import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalObjects;
import io.aquifer.format.WalRun;
import io.aquifer.format.WalSeal;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoreWait;
import io.aquifer.rebuild.RebuildPlan.MissingOffsetsException;
import io.aquifer.wal.ForeignWalException;
import io.aquifer.wal.WalContinuation;
import io.aquifer.wal.WalContinuation.Checkpoint;
import io.aquifer.wal.layout.CheckpointPayload;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.upload.WalTakeover;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What the bucket has of a broker's WAL whose device is lost. The broker goes on from there with another device, once its
 * operator has accepted the loss of what was acknowledged after the last upload.
 *
 * <p>It goes on as the same WAL, in an epoch far above those that the lost device can have: should it come back, it is refused,
 * for the bucket has a later epoch then.
 */
public final class LostWal {

    private final WalChain chain;
    private final WalRun last;
    private final UUID walId;
    private final long position;
    private final List<Partition> partitions;

    /**
     * A partition of which the bucket has something.
     *
     * @param endOffset behind the last offset that is left
     * @param lastTimestamp largest timestamp of the last batch or segment in ms, or nothing when nothing is left
     */
    public record Partition(
            LogId log, CheckpointPayload description, long logStartOffset, long endOffset, OptionalLong lastTimestamp) {

        public String topic() {
            return description.topic();
        }
    }

    private LostWal(WalChain chain, WalRun last, UUID walId, long position, List<Partition> partitions) {
        this.chain = chain;
        this.last = last;
        this.walId = walId;
        this.position = position;
        this.partitions = partitions;
    }

    /**
     * Makes sure that a broker doesn't begin with an empty WAL what another WAL of its has in the bucket: its partitions would
     * begin at offset 0 again. One that was taken over has handed them to others, and the broker begins behind that.
     *
     * @param epoch of the empty WAL
     * @throws ForeignWalException if it would, with what to do
     * @throws IOException if the bucket can't be read
     */
    public static void requireNone(ObjectStore store, ClusterKeys keys, int nodeId, String device, long epoch)
            throws IOException {
        List<WalRun> runs = StoreWait.untilDone(new WalChain(store, keys).runs(nodeId));
        if (!runs.isEmpty()
                && epoch < WalTakeover.nextGeneration(runs.get(runs.size() - 1).epoch())) {
            throw new ForeignWalException(
                    "the WAL on " + device + " is empty, and the " + store.name()
                            + " has the WAL that broker " + nodeId + " used before, up to epoch "
                            + runs.get(runs.size() - 1).epoch()
                            + ". Attach the device that was in use last. If it is lost, what was acknowledged and not uploaded is"
                            + " lost with it: `aquifer wal recover` says what is left, and goes on from there with --accept-loss");
        }
    }

    /**
     * Looks for what is left of the WAL of a broker that doesn't run.
     *
     * @return nothing if the bucket has nothing of it
     * @throws ForeignWalException if another broker has taken it over
     * @throws IOException if the bucket can't be read, or an object doesn't verify
     */
    public static Optional<LostWal> find(ObjectStore store, ClusterKeys keys, int nodeId) throws IOException {
        WalChain chain = new WalChain(store, keys);
        List<WalRun> runs = StoreWait.untilDone(chain.runs(nodeId));
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        WalRun last = runs.get(runs.size() - 1);
        Optional<WalSeal> seal = last.seal();
        if (seal.isPresent()
                && seal.get().continuedIn().isEmpty()
                && !seal.get().isMove()) {
            throw new ForeignWalException(
                    "there is nothing to recover: " + seal.get().inWords() + ". Its partitions are with that broker");
        }
        WalObjects objects = new WalObjects(store, keys);
        UUID walId = seal.isPresent()
                ? seal.get().walId()
                : StoreWait.untilDone(objects.open(last.object(last.end() - 1)))
                        .info()
                        .walId();
        StoredLogs stored = StoredLogs.read(runs, objects, walId, log -> true);
        SegmentListings listings = StoreWait.untilDone(
                SegmentListings.read(store, keys, stored.logs().keySet()));
        List<Partition> partitions = new ArrayList<>();
        for (Map.Entry<LogIncarnation, StoredLog> log : stored.logs().entrySet()) {
            CheckpointPayload description = log.getValue().description();
            if (description != null && !log.getValue().deleted()) {
                partitions.add(partition(store, keys, listings, log.getKey(), log.getValue(), description));
            }
        }
        partitions.sort(Comparator.comparing(Partition::topic)
                .thenComparing(partition -> partition.log().partition()));
        return Optional.of(new LostWal(chain, last, walId, stored.end(), List.copyOf(partitions)));
    }

    private static Partition partition(
            ObjectStore store,
            ClusterKeys keys,
            SegmentListings listings,
            LogIncarnation id,
            StoredLog stored,
            CheckpointPayload description)
            throws IOException {
        OptionalLong timestamp = stored.lastTimestamp();
        long end = stored.endOffset();
        StoredSegments segments = segments(store, keys, listings, id, description);
        if (segments.end().orElse(0) > end || timestamp.isEmpty()) {
            // segments are copied from what is durable on the device, which may not have been uploaded
            end = Math.max(end, segments.end().orElse(end));
            timestamp = segments.lastTimestamp();
        }
        return new Partition(
                new LogId(id.topicId(), id.partition(), id.incarnation()),
                description,
                Math.max(0, stored.logStartOffset()),
                end,
                timestamp);
    }

    private static StoredSegments segments(
            ObjectStore store,
            ClusterKeys keys,
            SegmentListings listings,
            LogIncarnation id,
            CheckpointPayload description)
            throws IOException {
        if (!description.untiered()) {
            return TieredLog.list(store, keys, listings, id.topicId(), id.partition());
        }
        try {
            return MirroredLog.read(store, keys, listings, id.topicId(), id.partition());
        } catch (MissingOffsetsException e) {
            throw new IOException(
                    description.topic() + "-" + id.partition() + " isn't whole in S3: " + e.getMessage(), e);
        }
    }

    /** All partitions of which something is left, by topic and number. */
    public List<Partition> partitions() {
        return partitions;
    }

    public UUID walId() {
        return walId;
    }

    /** The last epoch of which the bucket has something. */
    public long epoch() {
        return last.epoch();
    }

    /** The epoch in which it goes on. */
    public long nextEpoch() {
        long highest =
                last.seal().map(seal -> seal.continuedIn().orElse(last.epoch())).orElse(last.epoch());
        return WalTakeover.nextGeneration(highest);
    }

    /**
     * Ends the sequence of the lost WAL, so that whoever may still write it is refused. From then on the bucket has all that
     * there will ever be of it.
     *
     * @throws ForeignWalException if it was written to since it was found
     */
    public void seal() throws IOException {
        if (last.seal().isEmpty()) {
            WalObjectName next = last.next();
            WalSeal seal = WalSeal.continued(next, walId, UUID.randomUUID(), nextEpoch(), Instant.now());
            if (StoreWait.untilDone(chain.seal(seal)) == PutResult.OTHER_EXISTS) {
                throw new ForeignWalException("broker " + next.nodeId() + " has written " + next
                        + " a moment ago, so its WAL isn't lost. Stop the broker, and try again");
            }
        }
    }

    /** What makes an empty WAL go on from here. */
    public WalContinuation continuation() {
        return new WalContinuation(walId, nextEpoch(), position);
    }

    /** What the continuation has to know of each log. */
    public List<Checkpoint> checkpoints() {
        return partitions.stream()
                .map(log -> new Checkpoint(log.log(), log.description(), log.logStartOffset(), log.endOffset()))
                .toList();
    }
}
