package io.aquifer.rebuild;

import io.aquifer.rebuild.LogRebuild.Staged;
import io.aquifer.wal.layout.LogId;
import io.aquifer.wal.recovery.RecoveredLog;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/**
 * A log that this broker gets from another broker's WAL: its directory is there, durably, under a name that Kafka deletes at
 * the next start.
 */
public final class TakenLog {

    private final RecoveredLog log;
    private final Staged staged;

    TakenLog(RecoveredLog log, Staged staged) {
        this.log = log;
        this.staged = staged;
    }

    public TopicPartition partition() {
        return staged.partition();
    }

    /** As what the WAL knows it that it comes from. */
    public LogId id() {
        return log.id();
    }

    /** The log directory in which it is. */
    public File logDir() {
        return Objects.requireNonNull(staged.dir().getParentFile());
    }

    /** Where the log starts. */
    public long logStartOffset() {
        return Math.max(0, log.logStartOffset());
    }

    /** Behind the last offset. */
    public long end() {
        return staged.end();
    }

    /** What segment objects hold of it, as the log of another incarnation. What lies beyond is in the directory only. */
    public RecoveredLog stored(long incarnation) {
        LogId id = new LogId(log.id().topicId(), log.id().partition(), incarnation);
        return RecoveredLog.known(id, log.requiredDescription(), log.logStartOffset(), staged.storedEnd());
    }

    /**
     * Takes the place of the empty directory that Kafka made for it.
     *
     * @throws IOException if that one isn't empty, or is in another log directory
     */
    public void place(File dir) throws IOException {
        String[] there = dir.list();
        if (there == null
                || there.length > 0
                || !logDir().equals(dir.getAbsoluteFile().getParentFile())) {
            throw new IOException(dir + " isn't the empty directory in " + logDir() + " whose place a log from another"
                    + " broker's WAL was to take. Restart the broker, which makes it anew");
        }
        Files.delete(dir.toPath());
        Utils.atomicMoveWithFallback(staged.staged().toPath(), dir.toPath(), false);
    }

    /** It isn't needed any more. */
    public void discard() throws IOException {
        Utils.delete(staged.staged());
    }
}
