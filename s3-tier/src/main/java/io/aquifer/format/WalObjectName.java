package io.aquifer.format;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which WAL object an object is. Its key says the same, with zeros in front, so that a listing has the objects of a broker in
 * the order of its epochs and of their numbers.
 *
 * @param nodeId of the broker that owns the WAL, 0 or more
 * @param epoch of the WAL in which the blocks were written, 0 or more
 * @param sequence number of the object in that epoch, from 0. Only the unbroken run of numbers counts
 */
public record WalObjectName(int nodeId, long epoch, long sequence) {

    private static final Pattern PATH = Pattern.compile("([0-9]{1,10})/([0-9]{20})/([0-9]{20})");

    public WalObjectName {
        if (nodeId < 0 || epoch < 0 || sequence < 0) {
            throw new IllegalArgumentException(
                    "WAL object " + sequence + " of epoch " + epoch + " of broker " + nodeId);
        }
    }

    /** What the keys of an epoch's WAL objects begin with, behind the place of WAL objects. */
    static String epochPath(int nodeId, long epoch) {
        return String.format(Locale.ROOT, "%d/%020d/", nodeId, epoch);
    }

    /** The key behind the place of WAL objects. */
    String path() {
        return epochPath(nodeId, epoch) + String.format(Locale.ROOT, "%020d", sequence);
    }

    /** The name with that {@link #path}, or nothing when no name has it. */
    static Optional<WalObjectName> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            WalObjectName name = new WalObjectName(
                    Integer.parseInt(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseLong(matcher.group(3)));
            return Optional.of(name).filter(parsed -> parsed.path().equals(path));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
