package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes are read and written as operators do. */
class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "4096, 4096",
        "4k, 4096",
        "3M, 3145728",
        "10G, 10737418240",
        "2T, 2199023255552",
        "8388607T, 9223370937343148032"
    })
    void aSuffixStandsForAPowerOf1024(String written, long bytes) {
        assertThat(new ByteSize().convert(written)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 bytes",
        "1023, 1023 bytes",
        "1024, 1024 bytes (1.0 KiB)",
        "1610612736, 1610612736 bytes (1.5 GiB)",
        "9223372036854775807, 9223372036854775807 bytes (8388608.0 TiB)"
    })
    void aRoundedNumberStandsBesideTheExactOne(long bytes, String words) {
        assertThat(ByteSize.inWords(bytes)).isEqualTo(words);
    }
}
