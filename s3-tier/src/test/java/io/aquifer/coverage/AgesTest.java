package io.aquifer.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgesTest {

    private static final Duration AGE = Duration.ofNanos(10);

    private final Ages<String> ages = new Ages<>();

    private Set<String> look(long now, String... found) {
        return ages.ripe(Set.of(found), AGE, now);
    }

    @Test
    void whatIsFoundForTheFirstTimeIsNeverRipeHoweverShortTheAge() {
        assertThat(ages.ripe(Set.of("a"), Duration.ZERO, 100)).isEmpty();
        assertThat(ages.ripe(Set.of("a"), Duration.ZERO, 100)).containsExactly("a");
    }

    @Test
    void whatEveryLookHasFoundForLongEnoughIsRipe() {
        assertThat(look(-5, "a")).isEmpty();
        assertThat(look(0, "a", "b")).isEmpty();
        assertThat(look(4, "a", "b")).isEmpty();
        assertThat(look(5, "a", "b")).containsExactly("a");
        assertThat(look(10, "a", "b")).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whatOneLookHasNotFoundBeginsAnew() {
        look(0, "a");
        look(9);
        assertThat(look(10, "a")).isEmpty();
        assertThat(look(19, "a")).isEmpty();
        assertThat(look(20, "a")).containsExactly("a");
    }

    @Test
    void theClockMayPassItsLargestNumber() {
        assertThat(look(Long.MAX_VALUE - 2, "a")).isEmpty();
        assertThat(look(Long.MIN_VALUE + 6, "a")).isEmpty();
        assertThat(look(Long.MIN_VALUE + 7, "a")).containsExactly("a");
    }
}
