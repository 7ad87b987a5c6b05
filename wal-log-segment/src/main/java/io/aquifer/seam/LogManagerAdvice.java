package io.aquifer.seam;

import java.io.IOException;
import kafka.log.LogManager;
import net.bytebuddy.asm.Advice;

/**
 * Tells when all logs are open and when all are closed.
 *
 * <p>Relies on: {@code loadLogs} opens every log of every live directory before it returns, and runs once, before the
 * broker serves a request; when {@code shutdown} returns or throws, no log of this manager is appended to any more.
 */
@SeamsOf("kafka.log.LogManager")
public final class LogManagerAdvice {

    private LogManagerAdvice() {}

    /** Every log found on disk is open. */
    @Seam("loadLogs(LogConfig, Map, Function1)")
    public static final class LoadLogs {

        private LoadLogs() {}

        @Advice.OnMethodExit
        static void exit(@Advice.This LogManager logs) throws IOException {
            Seams.loaded(logs);
        }
    }

    /** Every log is flushed and closed, as far as that was possible. */
    @Seam("shutdown(long)")
    public static final class Shutdown {

        private Shutdown() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit() {
            Seams.stop();
        }
    }
}
