package io.aquifer.cli;

import io.aquifer.cli.DumpLine.BlockLine;
import io.aquifer.cli.DumpLine.EndLine;
import io.aquifer.cli.DumpLine.RecordLine;
import java.time.Instant;

/** {@link DumpLine} in words. */
final class DumpText {

    private DumpText() {}

    static String of(DumpLine line) {
        if (line instanceof BlockLine block) {
            return block(block);
        }
        if (line instanceof RecordLine record) {
            return record(record);
        }
        return end((EndLine) line);
    }

    private static String block(BlockLine block) {
        return (block.padding() ? "padding " : "block ") + block.position() + ": device offset " + block.deviceOffset()
                + ", " + block.length() + " bytes, epoch " + block.epoch()
                + (block.padding() ? "" : ", " + block.records() + " records")
                + (block.verified() ? ", checksum ok" : ", NOT PART OF THE WAL");
    }

    private static String record(RecordLine record) {
        StringBuilder text = new StringBuilder("  ")
                .append(record.offset())
                .append(": ")
                .append(record.kind())
                .append(' ')
                .append(record.topicId())
                .append('-')
                .append(record.partition())
                .append('#')
                .append(record.incarnation())
                .append(record.lastOffset() == null ? ", offset " : ", offsets ")
                .append(record.baseOffset());
        if (record.lastOffset() != null) {
            text.append(" to ").append(record.lastOffset());
        }
        if (record.leaderEpoch() != null) {
            text.append(", leader epoch ").append(record.leaderEpoch());
        }
        if (record.maxTimestamp() != null) {
            text.append(", max timestamp ").append(Instant.ofEpochMilli(record.maxTimestamp()));
        }
        if (record.topic() != null) {
            text.append(", topic ").append(record.topic());
        }
        return text.append(", payload of ")
                .append(record.payloadLength())
                .append(" bytes")
                .toString();
    }

    private static String end(EndLine end) {
        return "end " + end.position() + ": " + end.blocks() + " blocks and " + end.records() + " records listed; "
                + end.reason() + (end.complete() || end.damaged() ? "" : " (--from " + end.position() + " goes on)");
    }
}
