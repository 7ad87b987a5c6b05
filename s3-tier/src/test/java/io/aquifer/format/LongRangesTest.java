package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class LongRangesTest {

    @Test
    void ranges_hold_what_a_set_of_bits_holds() {
        for (long seed = 0; seed < 300; seed++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            LongRanges ranges = new LongRanges();
            BitSet bits = new BitSet();
            for (int step = 0; step < 60; step++) {
                int from = random.nextInt(50);
                int to = from + random.nextInt(12);
                if (random.nextBoolean()) {
                    ranges.add(from, to);
                    bits.set(from, to);
                } else {
                    ranges.remove(from, to);
                    bits.clear(from, to);
                }
                assertSame(ranges, bits, seed);
            }
        }
    }

    private static void assertSame(LongRanges ranges, BitSet bits, long seed) {
        LongRanges expected = new LongRanges();
        int count = 0;
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(bits.nextClearBit(from))) {
            expected.add(from, bits.nextClearBit(from));
            count++;
        }
        assertThat(ranges).as("seed %d", seed).isEqualTo(expected);
        assertThat(ranges.list()).as("seed %d", seed).hasSize(count);
        assertThat(ranges.size()).as("seed %d", seed).isEqualTo(bits.cardinality());
        for (int number = 0; number < 64; number++) {
            assertThat(ranges.contains(number)).as("seed %d: %d", seed, number).isEqualTo(bits.get(number));
            assertThat(ranges.endFrom(number)).isEqualTo(bits.get(number) ? bits.nextClearBit(number) : number);
        }
    }

    @Test
    void a_set_holds_all_of_another_or_does_not() {
        LongRanges ranges = LongRanges.of(0, 10);
        ranges.add(20, 30);

        assertThat(ranges.containsAll(LongRanges.of(22, 30))).isTrue();
        assertThat(ranges.containsAll(LongRanges.of(5, 21))).isFalse();
        assertThat(ranges.containsAll(new LongRanges())).isTrue();
        assertThat(ranges).hasToString("[0 to 9, 20 to 29]");
    }
}
