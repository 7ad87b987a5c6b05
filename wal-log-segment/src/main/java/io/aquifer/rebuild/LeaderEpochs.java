package io.aquifer.rebuild;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The leader epochs of a log and the offset at which each begins, as Kafka's file {@code leader-epoch-checkpoint} has them:
 * a line with the version, 0, one with their number, then one for each with the epoch and the offset.
 *
 * <p>Not thread-safe.
 */
public final class LeaderEpochs {

    private static final String VERSION = "0";

    private final NavigableMap<Integer, Long> starts = new TreeMap<>();

    /** @throws IOException if the text isn't such a file's */
    static LeaderEpochs of(ByteBuffer text) throws IOException {
        String[] lines =
                StandardCharsets.UTF_8.decode(text.duplicate()).toString().split("\n", -1);
        LeaderEpochs epochs = new LeaderEpochs();
        try {
            int count = Integer.parseInt(lines[1]);
            if (!lines[0].equals(VERSION) || lines.length < count + 2) {
                throw new IOException("Not leader epochs of version " + VERSION + ": " + String.join("|", lines));
            }
            for (int line = 2; line < count + 2; line++) {
                String[] fields = lines[line].split(" ", -1);
                epochs.starts.put(Integer.parseInt(fields[0]), Long.parseLong(fields[1]));
            }
            return epochs;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("Not leader epochs: " + String.join("|", lines), e);
        }
    }

    /** A batch comes next. */
    public void append(int epoch, long baseOffset) {
        if (epoch >= 0 && (starts.isEmpty() || epoch > starts.lastKey())) {
            starts.put(epoch, baseOffset);
        }
    }

    /** Those that begin below an offset. */
    public LeaderEpochs upTo(long end) {
        LeaderEpochs below = new LeaderEpochs();
        starts.forEach((epoch, start) -> {
            if (start < end) {
                below.starts.put(epoch, start);
            }
        });
        return below;
    }

    boolean isEmpty() {
        return starts.isEmpty();
    }

    /** Those with records from {@code base} to {@code last}. */
    public NavigableMap<Integer, Long> within(long base, long last) {
        NavigableMap<Integer, Long> within = new TreeMap<>();
        starts.forEach((epoch, start) -> {
            if (start <= base) {
                within.clear();
            }
            if (start <= last) {
                within.put(epoch, start);
            }
        });
        return within;
    }

    public ByteBuffer text() {
        StringBuilder text =
                new StringBuilder(VERSION).append('\n').append(starts.size()).append('\n');
        starts.forEach(
                (epoch, start) -> text.append(epoch).append(' ').append(start).append('\n'));
        return StandardCharsets.UTF_8.encode(text.toString());
    }
}
