package io.aquifer.broker;

import io.aquifer.harness.HistoryChecker.Isolation;
import io.aquifer.harness.Readback;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which records of topics that are cleaned are still there. It never gets more of them, but for those behind the last. */
final class RemainingOffsets {

    private final Map<String, NavigableSet<Long>> offsets = new TreeMap<>();

    private RemainingOffsets() {}

    /** Those of a running broker. */
    static RemainingOffsets of(String bootstrap, List<String> topics, Duration limit) {
        RemainingOffsets remaining = new RemainingOffsets();
        for (String topic : topics) {
            Readback.readAll(bootstrap, topic, Isolation.READ_UNCOMMITTED, limit, (partition, offset, value) -> {
                String name = topic + "-" + partition;
                remaining.offsets.computeIfAbsent(name, key -> new TreeSet<>()).add(offset);
            });
        }
        return remaining;
    }

    /** Records that there are and that there weren't any more when {@code earlier} was looked at. */
    List<String> thatCameBackSince(RemainingOffsets earlier) {
        List<String> back = new ArrayList<>();
        earlier.offsets.forEach((partition, before) -> {
            NavigableSet<Long> now = new TreeSet<>(offsets.getOrDefault(partition, new TreeSet<>()));
            now.tailSet(before.last(), false).clear();
            now.removeAll(before);
            now.forEach(offset -> back.add(partition + " at " + offset));
        });
        return back;
    }
}
