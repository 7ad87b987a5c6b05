package io.aquifer.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.record.internal.FileRecords.LogOffsetPosition;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * What a loss of power may leave of a log's local files: all that was flushed, and of the rest of each file any beginning,
 * which may be followed by zeros. Files are lost independently of each other, so that a later segment may outlive an
 * earlier one. Not both zeros and lost indexes: for a lost index Kafka's own loading reads the segments in front before
 * it has cut off their zeros, and refuses to start.
 */
final class PowerLoss {

    private record AtRisk(File file, int flushed, int size) {}

    private final List<AtRisk> segments = new ArrayList<>();
    private final File dir;
    private final long flushedEnd;

    /** Notes what of {@code log} is flushed now. */
    PowerLoss(UnifiedLog log) throws IOException {
        dir = log.dir();
        flushedEnd = log.recoveryPoint();
        for (LogSegment segment : log.logSegments()) {
            LogOffsetPosition position = segment.translateOffset(flushedEnd);
            int flushed = position == null ? segment.size() : position.position;
            segments.add(new AtRisk(segment.log().file(), flushed, segment.size()));
        }
    }

    /** Takes from the files what {@code fate} says. */
    void strike(RandomGenerator fate) throws IOException {
        boolean zeros = fate.nextBoolean();
        for (AtRisk segment : segments) {
            int kept = segment.flushed
                    + (segment.size > segment.flushed ? fate.nextInt(segment.size - segment.flushed + 1) : 0);
            if (kept == 0 && segment.size > 0 && fate.nextBoolean()) {
                Files.deleteIfExists(segment.file.toPath());
            } else if (!zeros || fate.nextBoolean()) {
                LocalFiles.cut(segment.file, kept);
            } else {
                LocalFiles.zero(segment.file, kept);
            }
        }
        for (File file : LocalFiles.files(dir)) {
            String name = file.getName();
            boolean helper = name.endsWith(".snapshot") || (!zeros && name.endsWith("index"));
            if (helper && offset(name) >= flushedEnd && fate.nextBoolean()) {
                Files.delete(file.toPath());
            }
        }
    }

    private static long offset(String name) {
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }
}
