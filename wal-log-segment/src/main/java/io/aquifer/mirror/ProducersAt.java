package io.aquifer.mirror;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** The state of a log's producers where one of its segments ends. */
final class ProducersAt {

    private ProducersAt() {}

    /**
     * A snapshot of the producers, as Kafka writes it: the one that the log has or, where a loss of power or a restore took
     * it, one that is made anew from the last before it.
     */
    static ByteBuffer offset(UnifiedLog log, long offset) throws IOException {
        Optional<File> snapshot = log.producerStateManager().fetchSnapshot(offset);
        if (snapshot.isPresent()) {
            try {
                return ByteBuffer.wrap(Files.readAllBytes(snapshot.get().toPath()));
            } catch (NoSuchFileException e) {
                // Kafka deletes those that it needs no more, whenever it likes.
                return replayed(log, offset);
            }
        }
        return replayed(log, offset);
    }

    private static ByteBuffer replayed(UnifiedLog log, long offset) throws IOException {
        Path scratch = Files.createTempDirectory("aquifer-producers");
        try {
            LogSegments segments = new LogSegments(log.topicPartition());
            log.logSegments(log.logStartOffset(), offset).forEach(segments::add);
            copyLastBefore(log, segments, offset, scratch);
            ProducerStateManager producers = new ProducerStateManager(
                    log.topicPartition(),
                    scratch.toFile(),
                    Integer.MAX_VALUE,
                    new ProducerStateManagerConfig(Integer.MAX_VALUE, false),
                    Time.SYSTEM);
            UnifiedLog.rebuildProducerState(
                    producers,
                    segments,
                    log.logStartOffset(),
                    offset,
                    Time.SYSTEM,
                    false,
                    "[" + log.topicPartition() + "] ");
            Path made =
                    LogFileUtils.producerSnapshotFile(scratch.toFile(), offset).toPath();
            return ByteBuffer.wrap(Files.readAllBytes(made));
        } finally {
            Utils.delete(scratch.toFile());
        }
    }

    private static void copyLastBefore(UnifiedLog log, LogSegments segments, long offset, Path scratch)
            throws IOException {
        Optional<File> last = segments.values().stream()
                .map(LogSegment::baseOffset)
                .filter(base -> base < offset)
                .flatMap(base -> log.producerStateManager().fetchSnapshot(base).stream())
                .filter(File::exists)
                .reduce((one, next) -> next);
        if (last.isPresent()) {
            Files.copy(last.get().toPath(), scratch.resolve(last.get().getName()));
        }
    }
}
