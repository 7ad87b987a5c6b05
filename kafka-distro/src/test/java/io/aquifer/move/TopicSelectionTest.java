package io.aquifer.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicSelectionTest {

    @Test
    void aTopicAloneIsAllOfItsPartitions() {
        TopicSelection selection = TopicSelection.parse("my.topic_1-x");
        assertThat(selection.topic()).isEqualTo("my.topic_1-x");
        assertThat(selection.selects(0)).isTrue();
        assertThat(selection.selects(99)).isTrue();
    }

    @Test
    void numbersBehindAColonAreThosePartitions() {
        TopicSelection selection = TopicSelection.parse("orders:3,0,3");
        assertThat(selection.topic()).isEqualTo("orders");
        assertThat(selection.partitions()).containsExactly(0, 3);
        assertThat(selection.selects(1)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "orders:", "orders:a", "orders:1,", "orders:-1", "a:b:1", "orders:9999999999"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> TopicSelection.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' names no partitions");
    }
}
