package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentNameTest {

    private static final UUID TOPIC = UUID.fromString("fb000000-0000-0000-0000-00000000003f");
    private static final String PATH =
            "-wAAAAAAAAAAAAAAAAAAPw/3/00000000000000000010-00000000000000000019-0000000002-" + "AAAAAAAAAAAAAAAAAAAABQ";

    @Test
    void a_key_says_all_of_a_segments_name() {
        SegmentName name = new SegmentName(TOPIC, 3, 10, 19, 2, new UUID(0, 5));
        String key = Segments.KEYS.segment(name);

        assertThat(key)
                .startsWith("prefix/cluster/segment/")
                .endsWith("/3/00000000000000000010-00000000000000000019-" + "0000000002-AAAAAAAAAAAAAAAAAAAABQ");
        assertThat(Segments.KEYS.segmentOf(key)).contains(name);
        assertThat(key).startsWith(Segments.KEYS.segmentsOf(TOPIC, 3));
        assertThat(key).doesNotStartWith(Segments.KEYS.segmentsOf(TOPIC, 30));
    }

    @Test
    void keys_of_a_partition_are_in_the_order_of_offsets() {
        List<String> keys = Stream.of(0L, 9L, 10L, 99L, 1_000_000_000_000L, Long.MAX_VALUE)
                .map(offset -> Segments.KEYS.segment(new SegmentName(TOPIC, 3, offset, offset, 1, new UUID(9, 9))))
                .toList();

        assertThat(keys).isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "other/cluster/segment/",
                "prefix/cluster/wal/",
                "prefix/cluster/segment/x",
                "prefix/cluster/segment//"
            })
    void other_keys_are_no_segments(String beginning) {
        assertThat(Segments.KEYS.segmentOf(beginning + PATH)).isEmpty();
    }

    @Test
    void numbers_in_keys_have_one_spelling() {
        String key = Segments.KEYS.segment(new SegmentName(TOPIC, 3, 10, 19, 2, new UUID(0, 5)));

        assertThat(Segments.KEYS.segmentOf(key.replace("/3/", "/03/"))).isEmpty();
        assertThat(Segments.KEYS.segmentOf(key.replace("BQ", "BR"))).isEmpty();
        assertThat(Segments.KEYS.segmentOf(key.replace("-0000000002-", "-9999999999-")))
                .isEmpty();
        assertThat(Segments.KEYS.segmentOf(key.replace("19-", "09-"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "a/", "a//b", "a b", "ä"})
    void a_prefix_that_makes_no_key_is_refused(String prefix) {
        assertThatThrownBy(() -> ClusterKeys.of(prefix, "cluster"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + prefix + "'");
    }

    @Test
    void a_cluster_id_that_makes_no_key_is_refused() {
        assertThatThrownBy(() -> ClusterKeys.of("", "a/b")).hasMessageContaining("meta.properties");
    }
}
