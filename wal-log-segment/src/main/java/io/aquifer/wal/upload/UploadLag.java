package io.aquifer.wal.upload;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long ago what isn't in S3 yet became durable, to some hundredths of a second, in bounded memory. */
final class UploadLag {

    private static final int MOST_NOTES = 1024;
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ArrayDeque<Note> notes = new ArrayDeque<>();
    private long durable = Long.MIN_VALUE;

    /** Up to which position everything was durable at which time. */
    private record Note(long position, long at) {}

    synchronized void durable(long position, long now) {
        boolean first = durable == Long.MIN_VALUE;
        boolean due = notes.isEmpty() || now - notes.getLast().at >= LEAST_NANOS;
        if (position > durable && (due || first)) {
            durable = position;
            notes.addLast(new Note(position, now));
            if (notes.size() > MOST_NOTES) {
                thin();
            }
        }
    }

    /** Every second note goes, but for the newest. */
    private void thin() {
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
    }

    synchronized long nanos(long now) {
        return notes.isEmpty() ? 0 : now - notes.getFirst().at;
    }
}
