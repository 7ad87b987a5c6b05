package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicFilterTest {

    @Test
    void theWholeNameHasToMatch() {
        TopicFilter filter = new TopicFilter(List.of("orders", "pay.*"));
        assertThat(filter.matches("orders")).isTrue();
        assertThat(filter.matches("payments")).isTrue();
        assertThat(filter.matches("orders-eu")).isFalse();
        assertThat(filter.matches("repay")).isFalse();
    }

    @Test
    void noPatternMatchesNothing() {
        assertThat(new TopicFilter(List.of()).matches("orders")).isFalse();
    }
}
