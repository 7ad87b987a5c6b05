package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aquifer.move.BalanceMove;
import io.aquifer.move.BalancePlan;
import io.aquifer.move.BalancePlan.BrokerLoad;
import io.aquifer.move.Broker;
import io.aquifer.move.Load;
import io.aquifer.move.Measure;
import io.aquifer.move.Move;
import io.aquifer.move.MoveOutcome;
import io.aquifer.move.MovePlan;
import io.aquifer.move.MoveProgress;
import io.aquifer.move.MoveResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** How plans and moves are shown; that they are carried out is held to a real cluster. */
class MoveReportTest {

    private static final Move FIRST = new Move(new TopicPartition("orders", 0), List.of(3), List.of(1), false);
    private static final Move SECOND = new Move(new TopicPartition("orders", 1), List.of(3, 1), List.of(2, 1), false);
    private static final MovePlan PLAN = new MovePlan(
            List.of(FIRST, SECOND),
            List.of(new MovePlan.Blocked(new TopicPartition("logs", 0), List.of(1, 2, 3), "It is everywhere")),
            4);

    private static Stream<String> lines(String text) {
        return text.lines().map(String::stripTrailing);
    }

    private static MoveOutcome outcome(MoveResult.State first, MoveResult.State second) {
        return new MoveOutcome(
                List.of(
                        new MoveResult(FIRST, first, first == MoveResult.State.FAILED ? "Kafka said no" : null),
                        new MoveResult(SECOND, second, null)),
                Duration.ofMillis(3_240));
    }

    @Test
    void aPlanSaysThatNothingWasChanged() {
        MoveReport report = MoveReport.of(PLAN, null);

        assertThat(lines(MoveReportText.of(report)))
                .containsExactly(
                        "To be moved: 2; 4 are where they are to be. Nothing was changed",
                        "  PARTITION  FROM  TO   STATE",
                        "  orders-0   3     1    planned",
                        "  orders-1   3,1   2,1  planned",
                        "Can't be moved: 1",
                        "  logs-0: It is everywhere");
        assertThat(report.incomplete()).isTrue();
        assertThat(MoveReportText.incomplete(report)).isEqualTo("1 partitions can't be moved");
    }

    @Test
    void movesSayHowFarTheyGot() {
        MoveReport report = MoveReport.of(PLAN, outcome(MoveResult.State.FAILED, MoveResult.State.UNDER_WAY));

        assertThat(lines(MoveReportText.of(report)))
                .contains(
                        "Moved 0 in 3.2 s; 4 are where they are to be",
                        "  orders-0   3     1    failed: Kafka said no",
                        "  orders-1   3,1   2,1  under way");
        assertThat(MoveReportText.incomplete(report))
                .isEqualTo("1 partitions are still under way and go on, 1 failed to be moved, 1 can't be moved."
                        + " Run it again to go on with what is left");
    }

    @Test
    void whenAllAreMovedItIsComplete() {
        MovePlan plan = new MovePlan(PLAN.moves(), List.of(), 0);

        MoveReport report = MoveReport.of(plan, outcome(MoveResult.State.MOVED, MoveResult.State.MOVED));

        assertThat(report.incomplete()).isFalse();
        assertThat(lines(MoveReportText.of(report))).contains("Moved 2 in 3.2 s");
    }

    @Test
    void withNothingToMoveThatIsSaid() {
        MoveReport report = MoveReport.of(new MovePlan(List.of(), List.of(), 0), null);

        assertThat(MoveReportText.of(report)).isEqualTo("Nothing to move");
        assertThat(report.incomplete()).isFalse();
    }

    @Test
    void theJsonHasPartitionByPartition() throws IOException {
        MoveReport report = MoveReport.of(PLAN, outcome(MoveResult.State.MOVED, MoveResult.State.NOT_BEGUN));

        assertThat(new ObjectMapper().writeValueAsString(report))
                .isEqualTo("{\"executed\":true,\"millis\":3240,\"settled\":4,\"partitions\":["
                        + "{\"topic\":\"orders\",\"partition\":0,\"from\":[3],\"to\":[1],\"state\":\"MOVED\",\"problem\":null},"
                        + "{\"topic\":\"orders\",\"partition\":1,\"from\":[3,1],\"to\":[2,1],\"state\":\"NOT_BEGUN\",\"problem\":null},"
                        + "{\"topic\":\"logs\",\"partition\":0,\"from\":[1,2,3],\"to\":null,\"state\":\"BLOCKED\",\"problem\":\"It is"
                        + " everywhere\"}]}");
    }

    private static BalancePlan balance(BalanceMove... moves) {
        return new BalancePlan(
                List.of(
                        new BrokerLoad(
                                new Broker(1, Optional.of("a"), false),
                                new Load(3 << 20, 0, 20),
                                new Load(2 << 20, 0, 19)),
                        new BrokerLoad(
                                new Broker(2, Optional.empty(), true),
                                new Load(1 << 20, 0, 10),
                                new Load(2 << 20, 0, 11))),
                List.of(moves),
                30,
                2);
    }

    private static final BalanceMove MOVE =
            new BalanceMove(new TopicPartition("orders", 5), 1, 2, new Load(1 << 20, 0, 1), Measure.PRODUCED, 1.5, 0.5);

    @Test
    void aBalanceShowsWhatBrokersCarryBeforeAndAfterAndWhy() {
        BalanceReport report = BalanceReport.of(balance(MOVE), 10, null);

        assertThat(lines(BalanceReportText.of(report)))
                .containsExactly(
                        "Measured for 10 s: 2 brokers, 30 partitions that can be moved, 2 without a leader",
                        "  BROKER        PRODUCED/S       AFTER            CONSUMED/S  AFTER  PARTITIONS  AFTER",
                        "  1             3.0 MiB (150 %)  2.0 MiB (100 %)  0 B         0 B    20 (133 %)  19 (127 %)",
                        "  2 (cordoned)  1.0 MiB (50 %)   2.0 MiB (100 %)  0 B         0 B    10 (67 %)   11 (73 %)",
                        "Proposed moves: 1. Nothing was changed; --execute makes them",
                        "  PARTITION  FROM  TO  PRODUCED/S  CONSUMED/S  WHY"
                                + "                                                                 STATE",
                        "  orders-5   1     2   1.0 MiB     0 B         of what is produced, broker 1 has 150 % of the mean,"
                                + " broker 2 50 %  planned");
        assertThat(report.incomplete()).isFalse();
    }

    @Test
    void aBalanceThatWasCarriedOutSaysWhatBecameOfIt() {
        MoveOutcome outcome = new MoveOutcome(
                List.of(new MoveResult(MOVE.move(), MoveResult.State.FAILED, "Kafka said no")), Duration.ofSeconds(1));

        BalanceReport report = BalanceReport.of(balance(MOVE), 10, outcome);

        assertThat(BalanceReportText.of(report)).contains("Moved 0 in 1.0 s").contains("failed: Kafka said no");
        assertThat(report.incomplete()).isTrue();
        assertThat(BalanceReportText.incomplete(report)).isEqualTo("1 partitions failed to be moved");
    }

    @Test
    void anEvenClusterNeedsNoMoves() {
        assertThat(BalanceReportText.of(BalanceReport.of(balance(), 10, null))).contains("Nothing to move");
    }

    @Test
    void progressIsToldEveryTenthAndWhenNothingGetsDoneForLong() {
        StringWriter out = new StringWriter();
        MoveProgressText progress = new MoveProgressText(new PrintWriter(out));

        progress.accept(new MoveProgress(100, 0, 0, 50, Duration.ZERO));
        progress.accept(new MoveProgress(100, 10, 0, 50, Duration.ofMillis(900)));
        progress.accept(new MoveProgress(100, 10, 1, 50, Duration.ofSeconds(2)));
        progress.accept(new MoveProgress(100, 12, 1, 50, Duration.ofSeconds(3)));
        progress.accept(new MoveProgress(100, 12, 1, 50, Duration.ofSeconds(12)));
        progress.accept(new MoveProgress(100, 99, 1, 0, Duration.ofSeconds(13)));

        assertThat(out.toString().lines())
                .containsExactly(
                        "Moved 10 of 100 partitions, 50 are under way, 1 failed, after 2 s",
                        "Moved 12 of 100 partitions, 50 are under way, 1 failed, after 12 s");
    }
}
