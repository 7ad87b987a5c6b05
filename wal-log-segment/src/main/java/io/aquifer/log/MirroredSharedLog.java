package io.aquifer.log;

import io.aquifer.mirror.ClosedSegments;
import io.aquifer.mirror.MirrorSource;
import io.aquifer.rebuild.LeaderEpochs;
import io.aquifer.wal.layout.LogId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import kafka.cluster.Partition;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * A shared log that Kafka doesn't tier, as the mirror sees it.
 *
 * @param id as what the WAL knows it
 * @param log which is open
 */
record MirroredSharedLog(SharedLog state, LogId id, UnifiedLog log) implements MirrorSource {

    @Override
    public int leaderEpoch() {
        Partition partition = state.partition();
        return partition == null || !partition.isLeader() ? -1 : partition.getLeaderEpoch();
    }

    @Override
    public ClosedSegments closed() {
        synchronized (KafkaInternals.lock(log)) {
            long limit = Math.min(log.highWatermark(), state.durableEnd().messageOffset);
            List<LogSegment> segments = log.logSegments();
            List<LogSegment> closed = new ArrayList<>();
            long end = segments.get(0).baseOffset();
            for (int i = 1; i < segments.size() && segments.get(i).baseOffset() <= limit; i++) {
                end = segments.get(i).baseOffset();
                if (end > log.logStartOffset()) {
                    closed.add(segments.get(i - 1));
                }
            }
            LeaderEpochs epochs = new LeaderEpochs();
            for (EpochEntry entry : log.leaderEpochCache().epochEntries()) {
                epochs.append(entry.epoch(), entry.startOffset());
            }
            return new ClosedSegments(closed, end, state.generation(), epochs);
        }
    }

    @Override
    public long recordLogStart() throws IOException {
        return state.checkpointDurably();
    }
}
