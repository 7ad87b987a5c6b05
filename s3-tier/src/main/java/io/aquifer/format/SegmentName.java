package io.aquifer.format;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which segment an object holds, as its key says.
 *
 * <p>Numbers in keys are padded with zeros, so that a listing of a partition is in the order of base offsets, then of end
 * offsets, then of leader epochs.
 *
 * @param partition number of the partition, 0 or more
 * @param baseOffset offset of the first record, 0 or more
 * @param endOffset offset of the last record, {@code baseOffset} or more
 * @param leaderEpoch epoch of the last record, 0 or more
 * @param segmentId different for every attempt to copy a segment
 */
public record SegmentName(
        UUID topicId, int partition, long baseOffset, long endOffset, int leaderEpoch, UUID segmentId) {

    private static final String ID = "([A-Za-z0-9_-]{22})";
    private static final Pattern PATH =
            Pattern.compile(ID + "/([0-9]{1,10})/([0-9]{20})-([0-9]{20})-([0-9]{10})-" + ID);

    public SegmentName {
        if (partition < 0 || baseOffset < 0 || endOffset < baseOffset || leaderEpoch < 0) {
            throw new IllegalArgumentException("segment of partition " + partition + " with offsets " + baseOffset
                    + " to " + endOffset + " of leader epoch " + leaderEpoch);
        }
    }

    /** What the keys of a topic's segments begin with, behind the place of segments. */
    static String topicPath(UUID topicId) {
        return UrlBase64.encode(topicId) + "/";
    }

    /** What the keys of a partition's segments begin with, behind the place of segments. */
    static String partitionPath(UUID topicId, int partition) {
        return topicPath(topicId) + partition + "/";
    }

    /** The key behind the place of segments. */
    String path() {
        return partitionPath(topicId, partition)
                + String.format(Locale.ROOT, "%020d-%020d-%010d-", baseOffset, endOffset, leaderEpoch)
                + UrlBase64.encode(segmentId);
    }

    /** The name with that {@link #path}, or nothing when no name has it. */
    static Optional<SegmentName> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            SegmentName name = new SegmentName(
                    UrlBase64.decode(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    Long.parseLong(matcher.group(3)),
                    Long.parseLong(matcher.group(4)),
                    Integer.parseInt(matcher.group(5)),
                    UrlBase64.decode(matcher.group(6)));
            return Optional.of(name).filter(parsed -> parsed.path().equals(path));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
