package io.aquifer.wal.upload;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long ago what isn't in S3 yet became durable, in bounded memory: to some hundredths of a second, and where it is long, to a
 * few hundredths of itself.
 */
final class UploadLag {

    private static final int MOST_NOTES = 1024;
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ArrayDeque<Note> notes = new ArrayDeque<>();
    private long spacing = LEAST_NANOS;
    private long durable = Long.MIN_VALUE;

    /** Up to which position everything was durable at which time. */
    private record Note(long position, long at) {}

    synchronized void durable(long position, long now) {
        boolean first = durable == Long.MIN_VALUE;
        boolean due = notes.isEmpty() || now - notes.getLast().at >= spacing;
        if (position > durable && (due || first)) {
            durable = position;
            notes.addLast(new Note(position, now));
            if (notes.size() > MOST_NOTES) {
                thin();
            }
        }
    }

    /** Every second note goes, but for the newest, and those that come are as far apart as those that stay. */
    private void thin() {
        spacing *= 2;
        Note newest = notes.removeLast();
        List<Note> kept = new ArrayList<>();
        while (!notes.isEmpty()) {
            kept.add(notes.removeFirst());
            notes.pollFirst();
        }
        notes.addAll(kept);
        notes.addLast(newest);
    }

    synchronized void uploaded(long position) {
        while (!notes.isEmpty() && notes.getFirst().position <= position) {
            notes.removeFirst();
        }
        if (notes.isEmpty()) {
            spacing = LEAST_NANOS;
        }
    }

    synchronized long nanos(long now) {
        return notes.isEmpty() ? 0 : now - notes.getFirst().at;
    }
}
