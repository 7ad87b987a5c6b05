package io.aquifer.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.harness.History.Outcome;
import io.aquifer.harness.HistoryChecker.Isolation;
import org.junit.jupiter.api.Test;

class HistoryCheckerTest {

    private static final int BYTES = 64;

    private final History history = new History();
    private final int producer = history.newProducer();

    @Test
    void finds_nothing_where_everything_is_in_its_place() {
        acknowledge(5);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        read(checker, 0, 1, 2, 3, 4);

        Verdict verdict = checker.verdict();

        assertThat(verdict.nothingWrong()).isTrue();
        assertThat(verdict.acknowledged()).isEqualTo(5);
        assertThat(verdict.read()).isEqualTo(5);
        assertThat(verdict.duplicated()).isZero();
    }

    @Test
    void an_acknowledged_record_that_is_not_read_is_lost() {
        acknowledge(3);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        read(checker, 0, 1);

        assertThat(checker.verdict().lost()).isEqualTo(1);
        assertThat(checker.verdict().nothingWrong()).isFalse();
    }

    @Test
    void an_unacknowledged_record_may_be_there_or_not() {
        acknowledge(1);
        history.sending(producer);
        history.sending(producer);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        read(checker, 0, 1);

        assertThat(checker.verdict().nothingWrong()).isTrue();
        assertThat(checker.verdict().acknowledged()).isEqualTo(1);
    }

    @Test
    void a_record_at_another_offset_than_it_was_acknowledged_at_is_misplaced() {
        acknowledge(2);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        checker.read(0, 0, value(0));
        checker.read(0, 7, value(1));

        assertThat(checker.verdict().misplaced()).isEqualTo(1);
        assertThat(checker.verdict().lost()).isZero();
        assertThat(checker.verdict().nothingWrong()).isFalse();
    }

    @Test
    void a_record_read_twice_is_a_duplicate_and_its_acknowledged_place_still_counts() {
        history.sending(producer);
        history.acknowledged(producer, 0, 0, 1);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        checker.read(0, 0, value(0));
        checker.read(0, 1, value(0));

        assertThat(checker.verdict().duplicated()).isEqualTo(1);
        assertThat(checker.verdict().nothingWrong()).isTrue();
    }

    @Test
    void a_record_behind_a_later_one_of_its_producer_is_out_of_order() {
        history.sending(producer);
        history.sending(producer);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        checker.read(0, 0, value(1));
        checker.read(0, 1, value(0));

        assertThat(checker.verdict().outOfOrder()).isEqualTo(1);
        assertThat(checker.verdict().nothingWrong()).isFalse();
    }

    @Test
    void order_is_only_kept_within_a_partition() {
        history.sending(producer);
        history.sending(producer);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        checker.read(0, 0, value(1));
        checker.read(1, 0, value(0));

        assertThat(checker.verdict().outOfOrder()).isZero();
    }

    @Test
    void an_offset_that_does_not_rise_is_out_of_order() {
        acknowledge(2);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        checker.read(0, 0, value(0));
        checker.read(0, 0, value(1));

        assertThat(checker.verdict().outOfOrder()).isEqualTo(1);
    }

    @Test
    void a_damaged_value_and_one_that_was_never_sent_are_invented() {
        acknowledge(1);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        byte[] damaged = value(0);
        damaged[BYTES - 1] ^= 1;
        checker.read(0, 0, damaged);
        checker.read(0, 1, value(1));
        checker.read(0, 2, new Payload(5, 0).encode(BYTES));
        checker.read(0, 3, new byte[3]);

        assertThat(checker.verdict().invented()).isEqualTo(4);
        assertThat(checker.verdict().nothingWrong()).isFalse();
    }

    @Test
    void deleted_records_are_not_missed() {
        acknowledge(4);
        HistoryChecker checker = checker(Isolation.READ_UNCOMMITTED);
        checker.logStartsAt(0, 2);
        checker.read(0, 2, value(2));

        assertThat(checker.verdict().acknowledged()).isEqualTo(2);
        assertThat(checker.verdict().lost()).isEqualTo(1);
    }

    @Test
    void an_aborted_record_must_not_be_seen_by_a_committed_reader() {
        acknowledge(2);
        history.ended(producer, 0, Outcome.ABORTED);
        HistoryChecker committed = checker(Isolation.READ_COMMITTED);
        HistoryChecker uncommitted = checker(Isolation.READ_UNCOMMITTED);
        read(committed, 0);
        read(uncommitted, 0, 1);

        assertThat(committed.verdict().invented()).isEqualTo(1);
        assertThat(uncommitted.verdict().nothingWrong()).isTrue();
    }

    @Test
    void a_transaction_of_unknown_outcome_is_visible_whole_or_not_at_all() {
        acknowledge(2);
        history.ended(producer, 0, Outcome.UNKNOWN);
        HistoryChecker none = checker(Isolation.READ_COMMITTED);
        HistoryChecker half = checker(Isolation.READ_COMMITTED);
        HistoryChecker whole = checker(Isolation.READ_COMMITTED);
        read(half, 1);
        read(whole, 0, 1);

        assertThat(none.verdict().nothingWrong()).isTrue();
        assertThat(half.verdict().invented()).isEqualTo(1);
        assertThat(whole.verdict().nothingWrong()).isTrue();
    }

    @Test
    void a_committed_record_must_be_there() {
        acknowledge(2);
        history.ended(producer, 0, Outcome.COMMITTED);
        HistoryChecker checker = checker(Isolation.READ_COMMITTED);
        read(checker, 0);

        assertThat(checker.verdict().lost()).isEqualTo(1);
    }

    private void acknowledge(int records) {
        for (int offset = 0; offset < records; offset++) {
            history.acknowledged(producer, history.sending(producer), 0, offset);
        }
    }

    private HistoryChecker checker(Isolation isolation) {
        return new HistoryChecker(history, isolation);
    }

    private void read(HistoryChecker checker, int... sequences) {
        for (int sequence : sequences) {
            checker.read(0, sequence, value(sequence));
        }
    }

    private byte[] value(long sequence) {
        return new Payload(producer, sequence).encode(BYTES);
    }
}
