package io.aquifer.wal.layout;

/** A block isn't the one that belongs where it was found: it has another position, epoch or WAL. */
public final class MisplacedBlockException extends WalFormatException {
    private static final long serialVersionUID = 1L;

    public MisplacedBlockException(String message) {
        super(message);
    }
}
