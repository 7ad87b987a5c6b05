package io.aquifer.cli;

import io.aquifer.cli.MoveReport.Partition;
import io.aquifer.cli.MoveReport.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link MoveReport} in words, and what else is to be said of moves. */
final class MoveReportText {

    private MoveReportText() {}

    static String of(MoveReport report) {
        StringBuilder text = new StringBuilder(headline(report)).append('\n');
        Columns columns = new Columns();
        List<Partition> moves = report.partitions().stream()
                .filter(partition -> partition.state() != State.BLOCKED)
                .toList();
        if (!moves.isEmpty()) {
            columns.add("PARTITION", "FROM", "TO", "STATE");
        }
        for (Partition move : moves) {
            columns.add(
                    move.name(),
                    inWords(move.from()),
                    inWords(Objects.requireNonNull(move.to())),
                    move.state().inWords() + (move.problem() == null ? "" : ": " + move.problem()));
        }
        text.append(columns);
        long blocked = report.count(State.BLOCKED);
        if (blocked > 0) {
            text.append("Can't be moved: ").append(blocked).append('\n');
            report.partitions().stream()
                    .filter(partition -> partition.state() == State.BLOCKED)
                    .forEach(partition -> text.append("  ")
                            .append(partition.name())
                            .append(": ")
                            .append(partition.problem())
                            .append('\n'));
        }
        return text.toString().stripTrailing();
    }

    private static String headline(MoveReport report) {
        Long millis = report.millis();
        long moves = report.partitions().size() - report.count(State.BLOCKED);
        String settled = report.settled() == 0 ? "" : "; " + report.settled() + " are where they are to be";
        if (moves == 0) {
            return "Nothing to move" + settled;
        }
        return millis == null
                ? "To be moved: " + moves + settled + ". Nothing was changed"
                : moved(report.count(State.MOVED), millis) + settled;
    }

    /** How many partitions were moved in which time. */
    static String moved(long partitions, long millis) {
        return String.format(Locale.ROOT, "Moved %d in %.1f s", partitions, millis / 1000.0);
    }

    private static String inWords(List<Integer> replicas) {
        return replicas.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** What keeps partitions from being where they are to be, in a sentence. */
    static String incomplete(MoveReport report) {
        List<String> left = left(report.partitions().stream().map(Partition::state));
        return String.join(", ", left) + (report.executed() ? ". Run it again to go on with what is left" : "");
    }

    /** How many partitions aren't where they are to be, and why. */
    static List<String> left(Stream<State> states) {
        Map<State, Long> counts =
                states.collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        List<String> left = new ArrayList<>();
        counts.forEach((state, count) -> {
            String what = left(state);
            if (!what.isEmpty()) {
                left.add(count + (left.isEmpty() ? " partitions " : " ") + what);
            }
        });
        return left;
    }

    private static String left(State state) {
        return switch (state) {
            case PLANNED, MOVED -> "";
            case UNDER_WAY -> "are still under way and go on";
            case NOT_BEGUN -> "weren't begun";
            case FAILED -> "failed to be moved";
            case BLOCKED -> "can't be moved";
        };
    }
}
