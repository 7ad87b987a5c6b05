package io.aquifer.cli;

import io.aquifer.cli.BalanceReport.Broker;
import io.aquifer.cli.BalanceReport.Partition;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/** {@link BalanceReport} in words. */
final class BalanceReportText {

    private BalanceReportText() {}

    static String of(BalanceReport report) {
        String text = "Measured for " + report.windowSeconds() + " s: "
                + report.brokers().size() + " brokers, " + report.movable() + " partitions that can be moved"
                + (report.leaderless() == 0 ? "" : ", " + report.leaderless() + " without a leader") + '\n'
                + brokers(report.brokers()) + headline(report) + '\n' + moves(report);
        return text.stripTrailing();
    }

    private static Columns brokers(List<Broker> brokers) {
        Columns columns =
                new Columns().add("BROKER", "PRODUCED/S", "AFTER", "CONSUMED/S", "AFTER", "PARTITIONS", "AFTER");
        for (Broker broker : brokers) {
            columns.add(
                    broker.nodeId() + (broker.cordoned() ? " (cordoned)" : ""),
                    share(brokers, broker, of -> of.before().produced(), ByteSize::rounded),
                    share(brokers, broker, of -> of.after().produced(), ByteSize::rounded),
                    share(brokers, broker, of -> of.before().consumed(), ByteSize::rounded),
                    share(brokers, broker, of -> of.after().consumed(), ByteSize::rounded),
                    share(brokers, broker, of -> of.before().partitions(), Long::toString),
                    share(brokers, broker, of -> of.after().partitions(), Long::toString));
        }
        return columns;
    }

    /** How much a broker has, and how many percent of the mean that is. */
    private static String share(
            List<Broker> brokers, Broker broker, ToLongFunction<Broker> what, LongFunction<String> text) {
        long amount = what.applyAsLong(broker);
        long sum = brokers.stream().mapToLong(what).sum();
        return text.apply(amount) + (sum == 0 ? "" : " (" + percent((double) amount * brokers.size() / sum) + ")");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String headline(BalanceReport report) {
        Long millis = report.millis();
        if (report.moves().isEmpty()) {
            return "Nothing to move: no move would make it more even by much";
        }
        return millis == null
                ? "Proposed moves: " + report.moves().size() + ". Nothing was changed; --execute makes them"
                : MoveReportText.moved(
                        report.moves().stream()
                                .filter(move -> move.state() == MoveReport.State.MOVED)
                                .count(),
                        millis);
    }

    private static Columns moves(BalanceReport report) {
        Columns columns = new Columns();
        if (!report.moves().isEmpty()) {
            columns.add("PARTITION", "FROM", "TO", "PRODUCED/S", "CONSUMED/S", "WHY", "STATE");
        }
        for (Partition move : report.moves()) {
            columns.add(
                    move.topic() + "-" + move.partition(),
                    move.from(),
                    move.to(),
                    ByteSize.rounded(move.produced()),
                    ByteSize.rounded(move.consumed()),
                    why(move),
                    move.state().inWords() + (move.problem() == null ? "" : ": " + move.problem()));
        }
        return columns;
    }

    private static String why(Partition move) {
        return "of " + move.relieved().inWords() + ", broker " + move.from() + " has " + percent(move.fromShare())
                + " of the mean, broker " + move.to() + " " + percent(move.toShare());
    }

    /** What keeps moves from having been made, in a sentence. */
    static String incomplete(BalanceReport report) {
        return String.join(", ", MoveReportText.left(report.moves().stream().map(Partition::state)));
    }
}
