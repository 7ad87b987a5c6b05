package io.aquifer.format;

import java.util.Optional;
import java.util.UUID;
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

    /** What the keys of all segment objects of a partition begin with, and no other key. */
    public String segmentsOf(UUID topicId, int partition) {
        return root + SEGMENTS + SegmentName.partitionPath(topicId, partition);
    }

    /** Which segment has the key, or nothing when it isn't the key of a segment of this cluster. */
    public Optional<SegmentName> segmentOf(String key) {
        String place = root + SEGMENTS;
        return key.startsWith(place) ? SegmentName.parse(key.substring(place.length())) : Optional.empty();
    }
}
