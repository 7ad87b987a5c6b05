package io.aquifer.rebuild;

import io.aquifer.format.BatchHeader;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.WalObjectName;

/** A batch of a log and the WAL object that holds it. */
record StoredBatch(WalObjectName object, BatchHeader header) {

    long baseOffset() {
        return header.baseOffset();
    }

    /** The offset behind its last record. */
    long endOffset() {
        return header.lastOffset() + 1;
    }

    CompositePiece piece() {
        return CompositePiece.of(object, header);
    }
}
