package io.aquifer.format;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of a cluster's objects. They begin with {@code <prefix>/<cluster id>/}, and none is a path prefix of another.
 *
 * @param root what all of them begin with, slash included
 */
public record ClusterKeys(String root) {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*");
    private static final Pattern CLUSTER_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int MAX_PREFIX = 512;
    private static final String SEGMENTS = "segment/";
    private static final String WAL_OBJECTS = "wal/";
    private static final String COLLECTION_RECORDS = "gc/";
    private static final String TAKEOVERS = "takeover/";
    private static final Pattern TAKEOVER = Pattern.compile("([0-9]{1,10})/([0-9]{20})/[a-z0-9-]+");
    /** Sorts before the digits that a segment's name begins with, so that a listing begins with the snapshots. */
    private static final String SNAPSHOT = "-snapshot-";

    /** What the name of a composite segment ends with. */
    private static final String COMPOSITE = "-composite";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{20}");

    /**
     * The keys under a prefix.
     *
     * @param prefix folders that S3 has no objection to, separated by slashes, or empty
     * @param clusterId as Kafka has it in {@code meta.properties}
     * @throws IllegalArgumentException if one of them can't be part of a key
     */
    public static ClusterKeys of(String prefix, String clusterId) {
        if (prefix.length() > MAX_PREFIX
                || !(prefix.isEmpty() || PREFIX.matcher(prefix).matches())) {
            throw new IllegalArgumentException("'" + prefix + "' can't begin a key: write letters, digits and !_.*'()-"
                    + " in folders separated by single slashes, at most " + MAX_PREFIX + " characters");
        }
        if (!CLUSTER_ID.matcher(clusterId).matches()) {
            throw new IllegalArgumentException(
                    "'" + clusterId + "' is no cluster id: write the one in meta.properties");
        }
        return new ClusterKeys(prefix.isEmpty() ? clusterId + "/" : prefix + "/" + clusterId + "/");
    }

    /** The key of a segment object. */
    public String segment(SegmentName name) {
        return root + SEGMENTS + name.path();
    }

    /** What the keys of all segment objects, composite segments and snapshots of a topic begin with, and no other key. */
    public String segmentsOf(UUID topicId) {
        return root + SEGMENTS + SegmentName.topicPath(topicId);
    }

    /** What the keys of all segment objects, composite segments and snapshots of a partition begin with, and no other key. Snapshots come first. */
    public String segmentsOf(UUID topicId, int partition) {
        return root + SEGMENTS + SegmentName.partitionPath(topicId, partition);
    }

    /** The key of a composite segment. In a listing it comes right behind that of the segment object that takes its place. */
    public String composite(SegmentName name) {
        return segment(name) + COMPOSITE;
    }

    /** Which composite segment has the key, or nothing when it isn't the key of one of this cluster. */
    public Optional<SegmentName> compositeOf(String key) {
        return key.endsWith(COMPOSITE)
                ? segmentOf(key.substring(0, key.length() - COMPOSITE.length()))
                : Optional.empty();
    }

    /** Which segment has the key, or nothing when it isn't the key of a segment of this cluster. */
    public Optional<SegmentName> segmentOf(String key) {
        String place = root + SEGMENTS;
        return key.startsWith(place) ? SegmentName.parse(key.substring(place.length())) : Optional.empty();
    }

    /** What the keys of all segment objects and snapshots begin with, and no other key. */
    public String segments() {
        return root + SEGMENTS;
    }

    /** What the keys of all WAL objects begin with, and no other key. */
    public String walObjects() {
        return root + WAL_OBJECTS;
    }

    /** What the keys of all records of garbage collection begin with, and no other key. */
    public String collectionRecords() {
        return root + COLLECTION_RECORDS;
    }

    /** The key of a record of garbage collection. */
    public String collectionRecord(long number) {
        return collectionRecords() + String.format(Locale.ROOT, "%020d", number);
    }

    /** Which record of garbage collection has the key, or nothing when none has it. */
    public OptionalLong collectionRecordOf(String key) {
        return numberOf(collectionRecords(), key);
    }

    /** What all keys of what is known of takeovers begin with, and no other key. */
    String takeovers() {
        return root + TAKEOVERS;
    }

    /** What all keys of what is known of the takeovers of a broker's WAL begin with, and no other key. */
    public String takeoversOf(int nodeId) {
        return takeovers() + nodeId + "/";
    }

    /** The key of a step in the takeover of a WAL in one of its epochs. */
    public String takeover(WalEpoch wal, String step) {
        return takeovers() + WalObjectName.epochPath(wal.nodeId(), wal.epoch()) + step;
    }

    /** Which takeover the object with the key is about, or nothing when it is about none. */
    public Optional<WalEpoch> takeoverOf(String key) {
        String place = takeovers();
        if (!key.startsWith(place)) {
            return Optional.empty();
        }
        Matcher matcher = TAKEOVER.matcher(key.substring(place.length()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new WalEpoch(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The key of a WAL object. */
    public String walObject(WalObjectName name) {
        return root + WAL_OBJECTS + name.path();
    }

    /** What the keys of all WAL objects of a broker begin with, and no other key. */
    public String walObjectsOf(int nodeId) {
        return root + WAL_OBJECTS + nodeId + "/";
    }

    /** What the keys of all WAL objects of an epoch of a broker's WAL begin with, and no other key. */
    public String walObjectsOf(int nodeId, long epoch) {
        return root + WAL_OBJECTS + WalObjectName.epochPath(nodeId, epoch);
    }

    /** Which WAL object has the key, or nothing when it isn't the key of a WAL object of this cluster. */
    public Optional<WalObjectName> walObjectOf(String key) {
        String place = root + WAL_OBJECTS;
        return key.startsWith(place) ? WalObjectName.parse(key.substring(place.length())) : Optional.empty();
    }

    /** What the keys of all snapshots of a partition begin with, and no other key. */
    public String snapshotsOf(UUID topicId, int partition) {
        return segmentsOf(topicId, partition) + SNAPSHOT;
    }

    /** The key of a partition's snapshot. */
    public String snapshot(UUID topicId, int partition, long number) {
        return snapshotsOf(topicId, partition) + String.format(Locale.ROOT, "%020d", number);
    }

    /** Which snapshot has the key, or nothing when it isn't the key of a snapshot of this cluster. */
    public Optional<SnapshotName> snapshotOf(String key) {
        String place = root + SEGMENTS;
        return key.startsWith(place)
                ? SnapshotName.parse(key.substring(place.length()))
                        .filter(name -> snapshot(name.topicId(), name.partition(), name.number())
                                .equals(key))
                : Optional.empty();
    }

    /** Which of a partition's snapshots has the key, or nothing when none has it. */
    public OptionalLong snapshotOf(UUID topicId, int partition, String key) {
        return numberOf(snapshotsOf(topicId, partition), key);
    }

    private static OptionalLong numberOf(String place, String key) {
        if (!key.startsWith(place)
                || !NUMBER.matcher(key.substring(place.length())).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(key.substring(place.length())));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
