package io.aquifer.mirror;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.DamagedObjectException;
import io.aquifer.format.SegmentContent;
import io.aquifer.format.SegmentIndex;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentName;
import io.aquifer.format.SegmentOpener;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.SnapshotSegment;
import io.aquifer.object.ObjectContent;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoreWait;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.storage.internals.log.LogSegment;

/** Copies closed segments of a log to S3, and recognises those that are there. */
final class SegmentCopy {

    /** How much of a segment is compared at once, in bytes, in whole chunks. */
    private static final int WINDOW_BYTES = 4 << 20;

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final int brokerId;

    SegmentCopy(ObjectStore store, ClusterKeys keys, int brokerId) {
        this.store = store;
        this.keys = keys;
        this.brokerId = brokerId;
    }

    /**
     * Uploads a segment.
     *
     * @param end behind its last offset
     * @throws ChangedMeanwhileException if it isn't closed any more, or was replaced
     */
    SnapshotSegment upload(MirrorSource source, ClosedSegments closed, LogSegment segment, long end)
            throws IOException {
        long base = segment.baseOffset();
        NavigableMap<Integer, Long> epochs = closed.epochs().within(base, end - 1);
        if (epochs.isEmpty()) {
            throw new IOException(
                    "No leader epoch of the log in " + source.log().dir() + " is known for offsets " + base + " to "
                            + (end - 1) + ", so they can't be mirrored: its leader-epoch-checkpoint is incomplete");
        }
        Map<SegmentPart, ObjectContent> parts = new EnumMap<>(SegmentPart.class);
        try (FileChannel data = open(segment)) {
            int length = segment.size();
            parts.put(SegmentPart.DATA, ObjectContent.of(data, 0, length));
            parts.put(SegmentPart.OFFSET_INDEX, read(segment.offsetIndexFile()));
            parts.put(SegmentPart.TIME_INDEX, read(segment.timeIndexFile()));
            File transactions = segment.txnIndex().file();
            boolean anyAborted = transactions.length() > 0;
            if (anyAborted) {
                parts.put(SegmentPart.TRANSACTION_INDEX, read(transactions));
            }
            parts.put(SegmentPart.PRODUCER_SNAPSHOT, ObjectContent.of(ProducersAt.offset(source.log(), end)));
            parts.put(
                    SegmentPart.LEADER_EPOCHS,
                    ObjectContent.of(closed.epochs().upTo(end).text()));
            SegmentName name = new SegmentName(
                    source.id().topicId(), source.id().partition(), base, end - 1, epochs.lastKey(), UUID.randomUUID());
            SegmentInfo info = new SegmentInfo(
                    name, segment.largestTimestamp(), System.currentTimeMillis(), brokerId, !anyAborted, epochs);
            // Files are found by name, and a cleaned segment takes the names of those that it replaces.
            requireInPlace(source, closed, segment);
            SegmentContent content = new SegmentContent(info, parts, SegmentContent.DEFAULT_CHUNK_BYTES);
            if (StoreWait.untilDone(store.uploadIfAbsent(keys.segment(name), content)) == PutResult.OTHER_EXISTS) {
                throw new IOException("'" + keys.segment(name) + "' in " + store.name() + " exists and was never made");
            }
            ByteBuffer location = ByteBuffer.wrap(content.location().toBytes());
            return new SnapshotSegment(info, length, Optional.of(location), false);
        } catch (NoSuchFileException e) {
            requireInPlace(source, closed, segment);
            throw e;
        }
    }

    private static FileChannel open(LogSegment segment) throws IOException {
        return FileChannel.open(segment.log().file().toPath(), StandardOpenOption.READ);
    }

    private static ObjectContent read(File file) throws IOException {
        return ObjectContent.of(ByteBuffer.wrap(Files.readAllBytes(file.toPath())));
    }

    private static void requireInPlace(MirrorSource source, ClosedSegments closed, LogSegment segment)
            throws ChangedMeanwhileException {
        if (!source.closed().has(segment, closed.generation())) {
            throw new ChangedMeanwhileException(segment + " was replaced while it was read");
        }
    }

    /** Whether a segment has the very records that a copy in S3 has. */
    boolean isCopy(MirrorSource source, ClosedSegments closed, LogSegment segment, SnapshotSegment copy)
            throws IOException {
        SegmentName name = copy.info().name();
        try (FileChannel data = open(segment)) {
            requireInPlace(source, closed, segment);
            SegmentIndex index = StoreWait.untilDone(new SegmentOpener(store, keys).open(name, copy.location()));
            long length = index.length(SegmentPart.DATA);
            if (length != segment.size()) {
                return false;
            }
            int window = Math.max(index.chunkBytes(), WINDOW_BYTES / index.chunkBytes() * index.chunkBytes());
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(window, length));
            ObjectContent local = ObjectContent.of(data, 0, length);
            for (long position = 0; position < length; position += window) {
                local.read(position, bytes.clear().limit((int) Math.min(window, length - position)));
                index.verify(SegmentPart.DATA, position, bytes.flip(), segment.toString());
            }
            return true;
        } catch (DamagedObjectException | ObjectNotFoundException e) {
            return false;
        }
    }
}
