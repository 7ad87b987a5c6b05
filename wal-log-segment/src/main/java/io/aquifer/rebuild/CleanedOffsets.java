package io.aquifer.rebuild;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;

/**
 * Up to where Kafka has cleaned each log, as the files {@code cleaner-offset-checkpoint} of its log directories say.
 *
 * <p>Where a log has records again that were cleaned away, they may say too much. Kafka looks below for nothing that a later
 * record replaces, and once the tombstone of a key is removed, a value that it had deleted would be there again. Such a log
 * is cleaned from its start. Kafka also expects a log in one of these files only.
 *
 * <p>Only before the cleaner runs.
 */
public final class CleanedOffsets {

    private CleanedOffsets() {}

    /** Forgets what the log directories say of some logs. */
    static void forget(Collection<File> logDirs, Set<TopicPartition> logs) throws IOException {
        for (File logDir : logDirs) {
            change(logDir, offsets -> offsets.keySet().removeAll(logs));
        }
    }

    /** Forgets what is said of a log in {@code logDir} if it is beyond {@code end}, from where on the log is another now. */
    public static void forgetBeyond(File logDir, TopicPartition log, long end) throws IOException {
        change(logDir, offsets -> offsets.containsKey(log) && offsets.get(log) > end && offsets.remove(log) != null);
    }

    private interface Change {
        /** Answers whether something is another now. */
        boolean in(Map<TopicPartition, Long> offsets);
    }

    private static synchronized void change(File logDir, Change change) throws IOException {
        File file = new File(logDir, LogCleanerManager.OFFSET_CHECKPOINT_FILE);
        if (file.exists()) {
            try {
                OffsetCheckpointFile checkpoint = new OffsetCheckpointFile(file, new LogDirFailureChannel(1));
                Map<TopicPartition, Long> offsets = checkpoint.read();
                if (change.in(offsets)) {
                    checkpoint.write(offsets);
                }
            } catch (KafkaStorageException e) {
                throw new IOException("Of what is cleaned already, " + file + " can't be read or written", e);
            }
        }
    }
}
