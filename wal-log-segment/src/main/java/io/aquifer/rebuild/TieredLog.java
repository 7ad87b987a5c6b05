package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.OpenedSegment;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SegmentResolver;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The segments of a partition that the bucket has, composites among them. */
final class TieredLog {

    private final ObjectStore store;
    private final SegmentResolver resolver;
    /** By the offset behind each. */
    private final NavigableMap<Long, SegmentName> byEnd = new TreeMap<>();

    private TieredLog(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.resolver = new SegmentResolver(store, keys);
    }

    static TieredLog list(ObjectStore store, ClusterKeys keys, UUID topicId, int partition) throws IOException {
        TieredLog log = new TieredLog(store, keys);
        String prefix = keys.segmentsOf(topicId, partition);
        @Nullable String after = null;
        do {
            ObjectPage page = Waiting.untilDone(store.list(prefix, after, ObjectStore.MAX_PAGE));
            for (StoredObject object : page.objects()) {
                keys.segmentOf(object.key())
                        .or(() -> keys.compositeOf(object.key()))
                        .ifPresent(log::add);
            }
            after = page.next().orElse(null);
        } while (after != null);
        return log;
    }

    private void add(SegmentName name) {
        byEnd.merge(name.endOffset() + 1, name, (one, other) -> one.leaderEpoch() >= other.leaderEpoch() ? one : other);
    }

    /** The offset behind the last segment, or nothing when there is none. */
    OptionalLong end() {
        return byEnd.isEmpty() ? OptionalLong.empty() : OptionalLong.of(byEnd.lastKey());
    }

    /** The lowest offset from {@code first} to {@code last} at which a segment ends. */
    OptionalLong boundary(long first, long last) {
        Long end = byEnd.ceilingKey(first);
        return end == null || end > last ? OptionalLong.empty() : OptionalLong.of(end);
    }

    /** What a segment says of the log at its end. */
    record State(ByteBuffer producers, LeaderEpochs epochs) {}

    /** The state at an offset where a segment ends. */
    State stateAt(long end) throws IOException {
        SegmentName name = Objects.requireNonNull(byEnd.get(end), "no segment ends there");
        OpenedSegment segment = Waiting.untilDone(resolver.open(name, Optional.empty()));
        return new State(
                read(segment, SegmentPart.PRODUCER_SNAPSHOT),
                LeaderEpochs.of(read(segment, SegmentPart.LEADER_EPOCHS)));
    }

    private ByteBuffer read(OpenedSegment segment, SegmentPart part) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(segment.parts().length(part)));
        if (bytes.hasRemaining()) {
            Waiting.untilDone(store.get(segment.key(), segment.parts().offset(part), bytes));
            segment.parts().verify(part, 0, bytes, "'" + segment.key() + "' in " + store.name());
        }
        return bytes;
    }
}
