package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalObjectNameTest {

    @Test
    void a_key_says_all_of_a_name() {
        WalObjectName name = new WalObjectName(12, 3, 45);
        String key = Segments.KEYS.walObject(name);

        assertThat(key).isEqualTo("prefix/cluster/wal/12/00000000000000000003/00000000000000000045");
        assertThat(key).startsWith(Segments.KEYS.walObjectsOf(12, 3));
        assertThat(key).doesNotStartWith(Segments.KEYS.walObjectsOf(1, 3));
        assertThat(Segments.KEYS.walObjectOf(key)).contains(name);
    }

    @Test
    void keys_of_a_broker_are_in_the_order_of_epochs_and_numbers() {
        List<String> keys = Stream.of(0L, 9L, 10L, 1_000_000_000_000L, Long.MAX_VALUE)
                .flatMap(epoch -> Stream.of(0L, 9L, 10L, Long.MAX_VALUE)
                        .map(sequence -> Segments.KEYS.walObject(new WalObjectName(7, epoch, sequence))))
                .toList();

        assertThat(keys).isSorted().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12",
                "12/00000000000000000003",
                "12/00000000000000000003/",
                "12/00000000000000000003/45",
                "012/00000000000000000003/00000000000000000045",
                "-1/00000000000000000003/00000000000000000045",
                "2147483648/00000000000000000003/00000000000000000045",
                "12/00000000000000000003/00000000000000000045/",
                "12/00000000000000000003/99999999999999999999",
                "12/0000000000000000000x/00000000000000000045"
            })
    void what_is_not_the_key_of_a_wal_object_has_no_name(String path) {
        assertThat(Segments.KEYS.walObjectOf("prefix/cluster/wal/" + path)).isEmpty();
        assertThat(Segments.KEYS.walObjectOf("prefix/other/wal/12/00000000000000000003/00000000000000000045"))
                .isEmpty();
    }

    @Test
    void numbers_are_not_negative() {
        assertThatThrownBy(() -> new WalObjectName(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WalObjectName(0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WalObjectName(0, 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
