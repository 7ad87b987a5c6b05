package io.aquifer.wal.device;

import java.io.IOException;

/** The kernel doesn't do native AIO here, or not now: a sandbox, a limit, or a device that has none. */
final class AioRefusedException extends IOException {

    private static final long serialVersionUID = 1;

    /** @param result a negated error number, or a number of requests */
    AioRefusedException(String call, long result) {
        super(call + " answered " + (result < 0 ? Errno.describe((int) -result) : Long.toString(result)));
    }
}
