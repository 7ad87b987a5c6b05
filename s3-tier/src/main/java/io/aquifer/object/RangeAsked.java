package io.aquifer.object;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range that was asked for, which the answer is held to. What the store says of lengths is believed only where it fits.
 *
 * @param where the object, for messages
 * @param offset of its first byte, or {@link #FROM_END}
 * @param length in bytes, above 0; of a tail, at most so many
 */
record RangeAsked(String where, long offset, int length) {

    /** Stands for: so many bytes from the end. */
    static final long FROM_END = -1;

    /** RFC 9110, section 14.4. */
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    /** RFC 9110, section 14.2. */
    String header() {
        return offset == FROM_END ? "bytes=-" + length : "bytes=" + offset + "-" + (offset + length - 1);
    }

    /**
     * The range that the store announces.
     *
     * @throws ObjectTooShortException if the object ends before the range asked for does
     * @throws FailingStoreException if it isn't the range asked for
     */
    ObjectRange answeredBy(String contentRange) throws ObjectStoreException {
        Matcher answer = CONTENT_RANGE.matcher(String.valueOf(contentRange));
        if (!answer.matches()) {
            throw unexpected(contentRange);
        }
        ObjectRange range = in(Long.parseLong(answer.group(3)));
        if (Long.parseLong(answer.group(1)) != range.offset()
                || Long.parseLong(answer.group(2)) != range.offset() + range.length() - 1) {
            throw unexpected(contentRange);
        }
        return range;
    }

    /**
     * The range asked for of an object of that length.
     *
     * @throws ObjectTooShortException if the object ends before the range does
     */
    ObjectRange in(long objectLength) throws ObjectTooShortException {
        int found = offset == FROM_END ? (int) Math.min(length, objectLength) : length;
        long first = offset == FROM_END ? objectLength - found : offset;
        if (found == 0 || objectLength < first + found) {
            throw new ObjectTooShortException(
                    where + " has " + objectLength + " bytes, where " + header()
                            + " was to be read: it isn't the object that its reader takes it for.",
                    null);
        }
        return new ObjectRange(first, found, objectLength);
    }

    /** The body isn't what was announced. */
    DamagedTransferException damaged(String found) {
        return new DamagedTransferException(
                "Asked for " + header() + " of " + where + ", " + found
                        + " came. Look at the network and what is between the broker and the store.",
                null);
    }

    private FailingStoreException unexpected(String contentRange) {
        return new FailingStoreException(
                "Asked for " + header() + " of " + where + ", the store announced 'Content-Range: " + contentRange
                        + "'. It must honour ranges: look at the store and at proxies in between.",
                null);
    }
}
