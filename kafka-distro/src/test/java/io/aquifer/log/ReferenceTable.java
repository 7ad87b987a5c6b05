package io.aquifer.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What was appended to a log, offset by offset, as if nothing were ever cleaned away, and what readers are to see of it. */
final class ReferenceTable {

    static final long NO_PRODUCER = -1;

    private final List<Appended> appended = new ArrayList<>();

    /**
     * What was appended at an offset: a record, or the end of a producer's transaction.
     *
     * @param key null for the end of a transaction
     * @param value {@code null} for a tombstone
     * @param producer of the transaction, or {@link #NO_PRODUCER}
     * @param sequence among the producer's records
     * @param committed how a transaction ended
     */
    record Appended(@Nullable String key, String value, long producer, int sequence, boolean committed) {

        private boolean ends(Appended other) {
            return key == null && producer == other.producer;
        }
    }

    int end() {
        return appended.size();
    }

    Appended at(long offset) {
        return appended.get((int) offset);
    }

    void record(String key, @Nullable String value) {
        appended.add(new Appended(key, String.valueOf(value), NO_PRODUCER, -1, true));
    }

    void transactional(long producer, String key, @Nullable String value) {
        appended.add(new Appended(key, String.valueOf(value), producer, nextSequence(producer), false));
    }

    void ended(long producer, boolean committed) {
        appended.add(new Appended(null, "", producer, -1, committed));
    }

    void truncate(long offset) {
        appended.subList((int) offset, appended.size()).clear();
    }

    int nextSequence(long producer) {
        return (int) appended.stream()
                .filter(each -> each.producer() == producer && each.key() != null)
                .count();
    }

    /** Where a producer's last record is. */
    OptionalInt last(long producer) {
        return IntStream.range(0, appended.size())
                .filter(offset -> appended.get(offset).producer() == producer
                        && at(offset).key() != null)
                .max();
    }

    boolean isOpen(long producer) {
        OptionalInt last = last(producer);
        return last.isPresent() && endOf(last.getAsInt()).isEmpty();
    }

    /** Where the transaction of a record ends. */
    private OptionalInt endOf(int offset) {
        return IntStream.range(offset, appended.size())
                .filter(end -> appended.get(end).ends(appended.get(offset)))
                .findFirst();
    }

    /** Below which every transaction has ended. */
    int lastStableOffset() {
        return IntStream.range(0, appended.size())
                .filter(offset -> appended.get(offset).producer() != NO_PRODUCER)
                .filter(offset -> endOf(offset).isEmpty())
                .findFirst()
                .orElse(appended.size());
    }

    /** The table that whoever reads what is committed finds in a log that starts at an offset. */
    Map<String, String> committed(long logStart) {
        Map<String, String> table = new TreeMap<>();
        for (int offset = (int) logStart; offset < lastStableOffset(); offset++) {
            Appended each = appended.get(offset);
            if (each.key() != null && isCommitted(offset)) {
                table.put(each.key(), each.value());
            }
        }
        table.values().removeIf("null"::equals);
        return table;
    }

    private boolean isCommitted(int offset) {
        return appended.get(offset).producer() == NO_PRODUCER
                || appended.get(endOf(offset).orElseThrow()).committed();
    }
}
