package io.aquifer.wal.layout;

/** What a record of the WAL says about its log. */
public enum RecordKind {
    /** Nothing: its appender gave it up. */
    VOID(0),
    /** Record batches. They replace whatever the log held from the base offset on. */
    DATA(1),
    /** The log ends at the base offset; what it held from there on is gone. */
    TRUNCATE(2),
    /** The log was emptied and ends at the base offset, where the next record goes. */
    RESTART(3),
    /** The log's start offset is the base offset. */
    LOG_START(4),
    /** The log is gone, or is no longer kept here. What is shared again gets another incarnation. */
    DELETE(5),
    /** The log exists, starts at the base offset and ends behind the last offset. The payload is the topic's name. */
    CHECKPOINT(6);

    private static final RecordKind[] BY_CODE = values();

    private final byte code;

    RecordKind(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static RecordKind of(byte code) throws CorruptWalException {
        if (code < 0 || code >= BY_CODE.length) {
            throw new CorruptWalException("a record of kind " + code);
        }
        return BY_CODE[code];
    }
}
