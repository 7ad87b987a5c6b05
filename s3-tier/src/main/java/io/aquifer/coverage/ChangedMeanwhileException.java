package io.aquifer.coverage;

import java.io.IOException;

/** What a look at the bucket found is of different moments and says nothing. Another look may find better. */
public final class ChangedMeanwhileException extends IOException {
    private static final long serialVersionUID = 1L;

    ChangedMeanwhileException(String message) {
        super(message);
    }
}
