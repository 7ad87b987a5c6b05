package io.aquifer.format;

/** What an entry of a WAL object says about its log. */
public enum WalEntryKind {
    /** Record batches. They replace whatever the log held from the base offset on. */
    DATA(1),
    /** The log ends at the base offset; what it held from there on is gone. */
    TRUNCATE(2),
    /** The log was emptied and ends at the base offset. */
    RESTART(3),
    /** The log starts at the base offset. */
    LOG_START(4),
    /** The log is gone, or is no longer kept by that broker. */
    DELETE(5),
    /** The log exists, starts at the base offset and ends behind the last offset. */
    CHECKPOINT(6);

    private static final WalEntryKind[] ALL = values();

    private final byte code;

    WalEntryKind(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    /** @throws IllegalArgumentException if there is no such kind */
    static WalEntryKind of(byte code) {
        if (code < 1 || code > ALL.length) {
            throw new IllegalArgumentException("an entry of kind " + code);
        }
        return ALL[code - 1];
    }
}
