package io.aquifer.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.server.log.remote.storage.LogSegmentData;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentId;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadata.CustomMetadata;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentMetadataUpdate;
import org.apache.kafka.server.log.remote.storage.RemoteLogSegmentState;

/** A segment on the local disk, as Kafka has it copied. */
record LocalSegment(RemoteLogSegmentMetadata metadata, LogSegmentData files) {

    static final String EPOCHS = "0\n2\n0 0\n4 50\n";

    /** A segment of so many bytes in a folder, with a transaction index or without. */
    static LocalSegment create(Path folder, int length, boolean transactions) throws IOException {
        TopicIdPartition partition = new TopicIdPartition(new Uuid(1, 2), 3, "topic");
        RemoteLogSegmentMetadata metadata = new RemoteLogSegmentMetadata(
                new RemoteLogSegmentId(partition, Uuid.randomUuid()),
                0,
                99,
                1_000,
                1,
                2_000,
                length,
                Map.of(0, 0L, 4, 50L),
                !transactions);
        LogSegmentData files = new LogSegmentData(
                Files.write(folder.resolve("0.log"), data(length)),
                write(folder.resolve("0.index")),
                write(folder.resolve("0.timeindex")),
                transactions ? Optional.of(write(folder.resolve("0.txnindex"))) : Optional.empty(),
                write(folder.resolve("100.snapshot")),
                ByteBuffer.wrap(EPOCHS.getBytes(StandardCharsets.UTF_8)));
        return new LocalSegment(metadata, files);
    }

    /** What its data file holds. */
    byte[] data() {
        return data(metadata.segmentSizeInBytes());
    }

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    private static Path write(Path file) throws IOException {
        return Files.writeString(file, "content of " + file.getFileName());
    }

    /** The metadata as it is once the segment has been copied. */
    RemoteLogSegmentMetadata copied(Optional<CustomMetadata> custom) {
        return metadata.createWithUpdates(new RemoteLogSegmentMetadataUpdate(
                metadata.remoteLogSegmentId(), 3_000, custom, RemoteLogSegmentState.COPY_SEGMENT_FINISHED, 1));
    }
}
