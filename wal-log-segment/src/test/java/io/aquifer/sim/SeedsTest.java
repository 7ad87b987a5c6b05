package io.aquifer.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void aFailureNamesItsSeedAndTheCommandThatReproducesIt() {
        assertThatThrownBy(() -> new Seeds("SomeTest#some", 17L).forEach(5, random -> {
                    throw new IllegalStateException("a record was lost");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 17 fails: a record was lost")
                .hasMessageContaining("./mvnw -pl wal-log-segment -am test")
                .hasMessageContaining("-Dtest=SomeTest#some -Daquifer.seed=17")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aGivenSeedIsTriedAloneAndGivesTheSameNumbers() {
        List<Long> numbers = new ArrayList<>();
        new Seeds("SomeTest#some", 17L).forEach(5, random -> numbers.add(random.nextLong()));
        assertThat(numbers).containsExactly(Seeds.random(17).nextLong());
    }

    @Test
    void withoutAGivenSeedAsManyAreTriedAsTheTestAsksForAndAllDiffer() {
        List<Long> numbers = new ArrayList<>();
        new Seeds("SomeTest#some", null).forEach(5, random -> numbers.add(random.nextLong()));
        assertThat(numbers).hasSize(Integer.getInteger(Seeds.COUNT_PROPERTY, 5)).doesNotHaveDuplicates();
    }
}
