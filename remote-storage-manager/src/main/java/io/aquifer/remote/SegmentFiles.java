package io.aquifer.remote;

import io.aquifer.format.SegmentPart;
import io.aquifer.object.ObjectContent;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;

/** The files of a segment, open while it is copied. */
final class SegmentFiles implements Closeable {

    private final List<FileChannel> files = new ArrayList<>();
    private final Map<SegmentPart, ObjectContent> parts = new EnumMap<>(SegmentPart.class);

    private SegmentFiles() {}

    /**
     * Opens the files of a segment.
     *
     * @param dataBytes how much of the data file belongs to the segment: the file may be longer, when it was preallocated
     * @throws EOFException if the data file is shorter
     */
    static SegmentFiles open(LogSegmentData segment, long dataBytes) throws IOException {
        SegmentFiles opened = new SegmentFiles();
        try {
            FileChannel data = opened.open(segment.logSegment());
            if (data.size() < dataBytes) {
                throw new EOFException(segment.logSegment() + " has " + data.size() + " bytes, but the segment has "
                        + dataBytes + ": the file was truncated");
            }
            opened.parts.put(SegmentPart.DATA, ObjectContent.of(data, 0, dataBytes));
            opened.add(SegmentPart.OFFSET_INDEX, segment.offsetIndex());
            opened.add(SegmentPart.TIME_INDEX, segment.timeIndex());
            if (segment.transactionIndex().isPresent()) {
                opened.add(
                        SegmentPart.TRANSACTION_INDEX,
                        segment.transactionIndex().get());
            }
            opened.add(SegmentPart.PRODUCER_SNAPSHOT, segment.producerSnapshotIndex());
            opened.parts.put(SegmentPart.LEADER_EPOCHS, ObjectContent.of(segment.leaderEpochIndex()));
            return opened;
        } catch (Throwable e) {
            opened.close();
            throw e;
        }
    }

    private FileChannel open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        files.add(file);
        return file;
    }

    private void add(SegmentPart part, Path path) throws IOException {
        FileChannel file = open(path);
        parts.put(part, ObjectContent.of(file, 0, file.size()));
    }

    /** What the object is to be made of. */
    Map<SegmentPart, ObjectContent> parts() {
        return parts;
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : files) {
            file.close();
        }
    }
}
