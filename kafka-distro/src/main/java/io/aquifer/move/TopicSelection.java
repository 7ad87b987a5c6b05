package io.aquifer.move;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Partitions of a topic, written {@code TOPIC} or {@code TOPIC:P,P}.
 *
 * @param partitions numbers; empty for all that the topic has
 */
public record TopicSelection(String topic, SortedSet<Integer> partitions) {

    /** A topic's name has no colon in it. */
    private static final Pattern WRITTEN = Pattern.compile("([^:]+)(?::(\\d{1,9}(?:,\\d{1,9})*))?");

    /**
     * Reads a selection.
     *
     * @throws IllegalArgumentException if it isn't written so; the message says how
     */
    public static TopicSelection parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' names no partitions: write a topic, as in orders, or some of its partitions, as in"
                            + " orders:0,3");
        }
        SortedSet<Integer> partitions = new TreeSet<>();
        String numbers = written.group(2);
        if (numbers != null) {
            for (String number : numbers.split(",", -1)) {
                partitions.add(Integer.parseInt(number));
            }
        }
        return new TopicSelection(written.group(1), partitions);
    }

    private boolean all() {
        return partitions.isEmpty();
    }

    boolean selects(int partition) {
        return all() || partitions.contains(partition);
    }
}
