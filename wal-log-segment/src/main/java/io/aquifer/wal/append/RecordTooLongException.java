package io.aquifer.wal.append;

/** A record is longer than the WAL's memory and ring allow any block to be. */
public final class RecordTooLongException extends WalException {
    private static final long serialVersionUID = 1L;

    RecordTooLongException(String message) {
        super(message);
    }
}
