package io.aquifer.cli;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;

/** One line of a dump. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
sealed interface DumpLine {

    /**
     * A block; its records follow.
     *
     * @param position in the WAL
     * @param deviceOffset in bytes from the start of the device
     * @param length in bytes, header and what fills it up included
     * @param records in it
     * @param padding whether it only fills the room in front of the ring's end
     * @param verified false for the block at which the WAL ends, if one is there: its header can't be trusted
     */
    @JsonTypeName("block")
    record BlockLine(
            long position, long deviceOffset, int length, long epoch, int records, boolean padding, boolean verified)
            implements DumpLine {}

    /**
     * A record. What a kind of record doesn't have is null.
     *
     * @param block position of its block
     * @param offset where it begins, in bytes from the start of its block
     * @param kind name of a {@link io.aquifer.wal.layout.RecordKind}
     * @param topicId as Kafka prints it
     * @param topic the name that a checkpoint tells
     * @param incarnation 16 hexadecimal digits that tell the log from earlier ones of the same partition
     * @param leaderEpoch of the first batch
     * @param maxTimestamp in ms since 1970
     * @param payloadLength in bytes
     */
    @JsonTypeName("record")
    record RecordLine(
            long block,
            int offset,
            String kind,
            String topicId,
            @Nullable String topic,
            int partition,
            String incarnation,
            @Nullable Integer leaderEpoch,
            long baseOffset,
            @Nullable Long lastOffset,
            @Nullable Long maxTimestamp,
            int payloadLength)
            implements DumpLine {}

    /**
     * The last line.
     *
     * @param position where the dump ended
     * @param blocks listed
     * @param records listed
     * @param complete false if the WAL goes on, or may go on
     * @param damaged whether acknowledged records are to be behind the end, and can't be read
     * @param reason why it ended
     */
    @JsonTypeName("end")
    record EndLine(long position, long blocks, long records, boolean complete, boolean damaged, String reason)
            implements DumpLine {}
}
