package io.aquifer.mirror;

import java.io.IOException;

/** What was being mirrored has changed: the next look finds what it is now. */
final class ChangedMeanwhileException extends IOException {

    private static final long serialVersionUID = 1L;

    ChangedMeanwhileException(String message) {
        super(message);
    }
}
