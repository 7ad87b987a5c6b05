package io.aquifer.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A set of numbers as the ranges that make it up, which neither overlap nor touch. Not thread-safe. */
public final class LongRanges {

    /**
     * Numbers that follow each other.
     *
     * @param from the first
     * @param to behind the last, more than {@code from}
     */
    public record Range(long from, long to) {

        public Range {
            if (to <= from) {
                throw new IllegalArgumentException("a range from " + from + " to " + to);
            }
        }

        /** How many numbers it has. */
        public long size() {
            return to - from;
        }

        @Override
        public String toString() {
            return from + " to " + (to - 1);
        }
    }

    private final NavigableMap<Long, Long> ranges = new TreeMap<>();

    /** The set of no numbers. */
    public LongRanges() {}

    /** The same set, to be changed apart. */
    public static LongRanges copyOf(LongRanges other) {
        LongRanges copy = new LongRanges();
        copy.ranges.putAll(other.ranges);
        return copy;
    }

    /** The set of the numbers from {@code from} up to and without {@code to}; of none when that isn't more. */
    public static LongRanges of(long from, long to) {
        LongRanges made = new LongRanges();
        made.add(from, to);
        return made;
    }

    /** Adds the numbers from {@code from} up to and without {@code to}. */
    public void add(long from, long to) {
        if (to <= from) {
            return;
        }
        long first = from;
        long end = to;
        Map.Entry<Long, Long> before = ranges.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            first = before.getKey();
            end = Math.max(end, before.getValue());
        }
        Map.Entry<Long, Long> next = ranges.ceilingEntry(first);
        while (next != null && next.getKey() <= end) {
            end = Math.max(end, next.getValue());
            ranges.remove(next.getKey());
            next = ranges.ceilingEntry(first);
        }
        ranges.put(first, end);
    }

    public void addAll(LongRanges others) {
        others.ranges.forEach(this::add);
    }

    /** Removes the numbers from {@code from} up to and without {@code to}. */
    public void remove(long from, long to) {
        if (to <= from) {
            return;
        }
        Map.Entry<Long, Long> before = ranges.lowerEntry(from);
        if (before != null && before.getValue() > from) {
            ranges.put(before.getKey(), from);
            if (before.getValue() > to) {
                ranges.put(to, before.getValue());
            }
        }
        Map.Entry<Long, Long> next = ranges.ceilingEntry(from);
        while (next != null && next.getKey() < to) {
            ranges.remove(next.getKey());
            if (next.getValue() > to) {
                ranges.put(to, next.getValue());
            }
            next = ranges.ceilingEntry(from);
        }
    }

    public void removeAll(LongRanges others) {
        others.ranges.forEach(this::remove);
    }

    public boolean contains(long number) {
        Map.Entry<Long, Long> before = ranges.floorEntry(number);
        return before != null && before.getValue() > number;
    }

    /** Behind the last of the numbers that follow {@code number} without a gap; {@code number} itself when it isn't there. */
    public long endFrom(long number) {
        Map.Entry<Long, Long> before = ranges.floorEntry(number);
        return before == null ? number : Math.max(number, before.getValue());
    }

    public boolean containsAll(LongRanges others) {
        LongRanges missing = copyOf(others);
        missing.removeAll(this);
        return missing.isEmpty();
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** How many numbers there are. */
    public long size() {
        return list().stream().mapToLong(Range::size).sum();
    }

    /** The ranges, in ascending order. */
    public List<Range> list() {
        List<Range> list = new ArrayList<>(ranges.size());
        ranges.forEach((from, to) -> list.add(new Range(from, to)));
        return list;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LongRanges same && same.ranges.equals(ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    @Override
    public String toString() {
        return list().toString();
    }
}
