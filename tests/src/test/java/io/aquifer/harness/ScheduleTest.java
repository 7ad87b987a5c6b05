package io.aquifer.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void a_late_producer_keeps_the_times_at_which_its_records_were_due() {
        long begin = System.nanoTime() - TimeUnit.SECONDS.toNanos(10);
        Schedule schedule = new Schedule(begin, 0, 1, 1_000);

        assertThat(schedule.awaitNext()).isEqualTo(begin);
        assertThat(schedule.awaitNext()).isEqualTo(begin + TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(schedule.awaitNext()).isEqualTo(begin + TimeUnit.MILLISECONDS.toNanos(2));
    }

    @Test
    void producers_share_the_rate_and_take_turns() {
        long begin = System.nanoTime() - TimeUnit.SECONDS.toNanos(10);
        Schedule first = new Schedule(begin, 0, 2, 1_000);
        Schedule second = new Schedule(begin, 1, 2, 1_000);

        assertThat(first.awaitNext()).isEqualTo(begin);
        assertThat(second.awaitNext()).isEqualTo(begin + TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(first.awaitNext()).isEqualTo(begin + TimeUnit.MILLISECONDS.toNanos(2));
    }

    @Test
    void a_record_is_not_handed_out_before_it_is_due() {
        long begin = System.nanoTime();
        Schedule schedule = new Schedule(begin, 1, 2, 100);

        long due = schedule.awaitNext();

        assertThat(due).isEqualTo(begin + TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(System.nanoTime()).isGreaterThanOrEqualTo(due);
    }
}
