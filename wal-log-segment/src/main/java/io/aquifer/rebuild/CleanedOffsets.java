package io.aquifer.rebuild;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
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
 * <p>Only before the cleaner runs, or of logs that it doesn't know yet.
 */
public final class CleanedOffsets {

    /** What the files said when they were first asked, by log directory. */
    private final Map<File, Map<TopicPartition, Long>> found = new HashMap<>();

    /** Forgets what the log directories say of some logs. */
    static void forget(Collection<File> logDirs, Set<TopicPartition> logs) throws IOException {
        for (File logDir : logDirs) {
            change(logDir, offsets -> offsets.keySet().removeAll(logs));
        }
    }

    /**
     * Forgets what is said of a log in {@code logDir} if it is beyond {@code end}, from where on the log is another now. The file
     * is read once, for as many logs as there are: of one that isn't open yet, nobody changes what it says.
     */
    public synchronized void forgetBeyond(File logDir, TopicPartition log, long end) throws IOException {
        Map<TopicPartition, Long> offsets = found.get(logDir);
        if (offsets == null) {
            offsets = read(logDir);
            found.put(logDir, offsets);
        }
        Long cleaned = offsets.get(log);
        if (cleaned != null && cleaned > end) {
            change(logDir, current -> current.remove(log) != null);
            offsets.remove(log);
        }
    }

    private static Map<TopicPartition, Long> read(File logDir) throws IOException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        change(logDir, current -> {
            offsets.putAll(current);
            return false;
        });
        return offsets;
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
