package io.aquifer.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ByteRateTest {

    private static final int KIB = 1024;

    private final SimulatedClock clock = SimulatedClock.driven();
    private final ByteRate rate = rate(100 * KIB);

    private ByteRate rate(long bytesPerSecond) {
        SimulatedTimer timer = new SimulatedTimer(clock);
        return new ByteRate(bytesPerSecond, timer, timer);
    }

    @Test
    void a_seconds_worth_passes_at_once_and_more_waits_for_its_time() {
        assertThat(rate.pass(60 * KIB)).isCompleted();
        assertThat(rate.pass(40 * KIB)).isCompleted();
        CompletableFuture<Void> next = rate.pass(50 * KIB);

        clock.advance(Duration.ofMillis(499));
        assertThat(next).isNotDone();
        clock.advance(Duration.ofMillis(1));
        assertThat(next).isCompleted();
    }

    @Test
    void what_was_not_used_is_not_kept_for_longer_than_a_second() {
        clock.advance(Duration.ofHours(1));

        assertThat(rate.pass(100 * KIB)).isCompleted();
        assertThat(rate.pass(KIB)).isNotDone();
    }

    @Test
    void turns_come_in_the_order_of_asking() {
        List<Integer> passed = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            CompletableFuture<?> unused = rate.pass((5L - i) * 40 * KIB).thenRun(() -> passed.add(number));
        }

        clock.runAll();

        assertThat(passed).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void what_is_longer_than_a_seconds_worth_has_its_turn_too() {
        CompletableFuture<Void> long8 = rate.pass(800 * KIB);

        clock.advance(Duration.ofMillis(6_999));
        assertThat(long8).isNotDone();
        clock.advance(Duration.ofMillis(1));
        assertThat(long8).isCompleted();
    }

    @Test
    void many_who_ask_get_the_rate_and_no_more() {
        List<CompletableFuture<Void>> turns = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            turns.add(rate.pass(KIB));
        }

        clock.advance(Duration.ofSeconds(4));

        assertThat(turns.stream().filter(CompletableFuture::isDone)).hasSize(500);
    }

    @Test
    void who_has_gone_away_is_not_waited_for_by_those_who_come_later() {
        assertThat(rate.pass(100 * KIB)).isCompleted();
        CompletableFuture<Void> gone = rate.pass(1000 * KIB);

        gone.cancel(true);
        CompletableFuture<Void> next = rate.pass(100 * KIB);

        clock.advance(Duration.ofSeconds(1));
        assertThat(next).isCompleted();
    }

    @Test
    void a_rate_may_be_as_high_and_as_low_as_it_likes() {
        assertThatCode(() -> rate(Long.MAX_VALUE)).doesNotThrowAnyException();
        assertThat(rate(100_000_000_000L).pass(100_000_000_000L)).isCompleted();
        assertThat(rate(1).pass(1)).isCompleted();
    }

    @Test
    void nothing_passes_at_once() {
        assertThat(rate.pass(1000 * KIB)).isNotDone();

        assertThat(rate.pass(0)).isCompleted();
    }
}
