package io.aquifer.coverage;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long things have been looking like garbage, by this process's own clock and its own looks: clocks of two hosts can't be
 * compared. Not thread-safe.
 */
final class Ages<T> {

    private Map<T, Long> since = new HashMap<>();

    /**
     * Those of {@code found} that every look since {@code age} ago has found, and an earlier look at least. What isn't found
     * begins anew.
     *
     * @param now in nanoseconds, from any beginning
     */
    Set<T> ripe(Set<T> found, Duration age, long now) {
        Map<T, Long> next = new HashMap<>();
        Set<T> ripe = new HashSet<>();
        for (T each : found) {
            Long first = since.get(each);
            next.put(each, first == null ? now : first);
            if (first != null && now - first >= age.toNanos()) {
                ripe.add(each);
            }
        }
        since = next;
        return ripe;
    }
}
