package io.aquifer.cli;

import io.aquifer.move.MoveProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Consumer;

/** Tells how far moves have got: every tenth of them, at most once a second, and every now and then where that takes long. */
final class MoveProgressText implements Consumer<MoveProgress> {

    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final PrintWriter out;
    private long tenths;
    private Duration told = Duration.ZERO;

    MoveProgressText(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void accept(MoveProgress progress) {
        if (progress.time().compareTo(told) < 0) {
            // another round of moves
            told = Duration.ZERO;
            tenths = 0;
        }
        int ended = progress.moved() + progress.failed();
        long now = 10L * ended / Math.max(1, progress.total());
        Duration since = progress.time().minus(told);
        boolean further = now > tenths && ended < progress.total() && since.compareTo(SHORT) >= 0;
        if (further || since.compareTo(LONG) >= 0) {
            tenths = now;
            told = progress.time();
            out.println("Moved " + progress.moved() + " of " + progress.total() + " partitions, "
                    + progress.underWay() + " are under way, " + progress.failed() + " failed, after "
                    + progress.time().toSeconds() + " s");
            out.flush();
        }
    }
}
