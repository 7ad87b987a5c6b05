package io.aquifer.format;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which snapshot of which partition an object is, as its key says.
 *
 * @param partition number of the partition, 0 or more
 * @param number of the snapshot, 0 or more
 */
public record SnapshotName(UUID topicId, int partition, long number) {

    private static final Pattern PATH = Pattern.compile("([A-Za-z0-9_-]{22})/([0-9]{1,10})/-snapshot-([0-9]{20})");

    /** The name with that key behind the place of segments, or nothing when no name has it. */
    static Optional<SnapshotName> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SnapshotName(
                    UrlBase64.decode(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    Long.parseLong(matcher.group(3))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
