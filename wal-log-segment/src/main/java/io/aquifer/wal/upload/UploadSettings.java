package io.aquifer.wal.upload;

import io.aquifer.format.WalObjectInfo;
import java.time.Duration;

/**
 * How durable blocks leave for S3.
 *
 * @param objectBytes an object is closed before its blocks become more than this, unless by a single longer block
 * @param interval blocks don't wait longer for more to join them, as long as what was sent before is in S3
 * @param objectsInFlight objects on their way at once, 1 or more
 * @param leastBackoff between a failed attempt and the next; it doubles with each
 * @param mostBackoff what it doesn't grow beyond
 */
public record UploadSettings(
        int objectBytes, Duration interval, int objectsInFlight, Duration leastBackoff, Duration mostBackoff) {

    public UploadSettings {
        if (objectBytes < 1 || objectBytes > WalObjectInfo.MAX_BODY_LENGTH / 2) {
            throw new IllegalArgumentException("objects of " + objectBytes + " bytes");
        }
        if (objectsInFlight < 1 || leastBackoff.compareTo(mostBackoff) > 0 || interval.isNegative()) {
            throw new IllegalArgumentException(objectsInFlight + " objects in flight every " + interval
                    + ", backoff from " + leastBackoff + " to " + mostBackoff);
        }
    }
}
