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
        Matcher range = CONTENT_RANGE.matcher(String.valueOf(contentRange));
        if (!range.matches()) {
            throw unexpected(contentRange);
        }
        long first = Long.parseLong(range.group(1));
        long last = Long.parseLong(range.group(2));
        long objectLength = Long.parseLong(range.group(3));
        long expectedLength = offset == FROM_END ? Math.min(length, objectLength) : length;
        long expectedFirst = offset == FROM_END ? objectLength - expectedLength : offset;
        if (objectLength < expectedFirst + expectedLength) {
            throw new ObjectTooShortException(
                    where + " has " + objectLength + " bytes, but " + length + " bytes at offset " + offset
                            + " were expected: it isn't the object that its reader takes it for.",
                    null);
        }
        if (first != expectedFirst || last != expectedFirst + expectedLength - 1) {
            throw unexpected(contentRange);
        }
        return new ObjectRange(first, (int) expectedLength, objectLength);
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
