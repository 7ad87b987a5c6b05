package io.aquifer.move;

import static io.aquifer.move.FakeCluster.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Bytes a second are told from offsets at two moments and from the mean size of what is on the local disk. */
class LoadSamplerTest {

    private static final TopicPartition A = partition("a", 0);
    private static final TopicPartition OTHER = partition("a", 1);
    private static final TopicPartition B = partition("b", 0);
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final FakeCluster cluster =
            new FakeCluster().withBrokers(1, 2).with("a", 0, 1).with("a", 1, 2).with("b", 0, 2, 1);
    private final Source source = new Source();

    /** What the Admin API says; what isn't there isn't known. */
    private static final class Source implements LoadSource {
        private final Map<TopicPartition, Long> ends = new HashMap<>();
        private final Map<TopicPartition, Long> starts = new HashMap<>();
        private final Map<String, Map<TopicPartition, Long>> committed = new HashMap<>();
        private final Map<Integer, Map<TopicPartition, Long>> sizes = new HashMap<>();

        private static Map<TopicPartition, Long> of(
                Map<TopicPartition, Long> all, Collection<TopicPartition> partitions) {
            Map<TopicPartition, Long> some = new HashMap<>(all);
            some.keySet().retainAll(partitions);
            return some;
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return of(ends, partitions);
        }

        @Override
        public Map<TopicPartition, Long> localStartOffsets(Collection<TopicPartition> partitions) {
            return of(starts, partitions);
        }

        @Override
        public Map<String, Map<TopicPartition, Long>> committedOffsets() {
            Map<String, Map<TopicPartition, Long>> copy = new HashMap<>();
            committed.forEach((group, offsets) -> copy.put(group, Map.copyOf(offsets)));
            return copy;
        }

        @Override
        public Map<Integer, Map<TopicPartition, Long>> localSizes(Collection<Integer> brokers) {
            Map<Integer, Map<TopicPartition, Long>> some = new HashMap<>(sizes);
            some.keySet().retainAll(brokers);
            return some;
        }

        private void local(TopicPartition partition, int broker, long bytes, long start, long end) {
            sizes.computeIfAbsent(broker, id -> new HashMap<>()).put(partition, bytes);
            starts.put(partition, start);
            ends.put(partition, end);
        }

        private void commit(String group, TopicPartition partition, long offset) {
            committed.computeIfAbsent(group, id -> new HashMap<>()).put(partition, offset);
        }
    }

    private Map<TopicPartition, Rate> measure() throws IOException {
        return new LoadSampler(source, cluster).measure(cluster.state(), WINDOW);
    }

    private static void assertRate(Rate rate, double produced, double consumed) {
        assertThat(rate.produced()).isCloseTo(produced, within(0.001));
        assertThat(rate.consumed()).isCloseTo(consumed, within(0.001));
    }

    @Test
    void recordsOfTheWindowTimesTheirMeanSize() throws IOException {
        source.local(A, 1, 100_000, 500, 1_000);
        source.commit("g", A, 900);
        source.commit("h", A, 100);
        cluster.meanwhile(() -> {
            source.local(A, 1, 300_000, 500, 1_500);
            source.commit("g", A, 1_400);
            source.commit("h", A, 200);
        });

        assertRate(measure().get(A), 300.0 * 500 / 10, 300.0 * 600 / 10);
    }

    @Test
    void aPartitionWithNothingLocalHasRecordsLikeItsTopicOrLikeAll() throws IOException {
        source.local(A, 1, 2_000, 0, 10);
        source.local(OTHER, 2, 0, 50, 50);
        source.local(B, 2, 0, 70, 70);
        cluster.meanwhile(() -> {
            source.local(OTHER, 2, 0, 60, 60);
            source.local(B, 2, 0, 90, 90);
        });

        Map<TopicPartition, Rate> rates = measure();

        assertRate(rates.get(A), 0, 0);
        assertRate(rates.get(OTHER), 200, 0);
        assertRate(rates.get(B), 400, 0);
    }

    @Test
    void whatIsNotKnownCountsForNothingAndNothingIsNegative() throws IOException {
        source.local(A, 1, 1_000, 0, 10);
        source.commit("reset", A, 9);
        cluster.meanwhile(() -> {
            source.ends.put(A, 5L);
            source.commit("reset", A, 1);
            source.commit("new", A, 5);
            source.local(B, 2, 1_000, 0, 10);
        });

        Map<TopicPartition, Rate> rates = measure();

        assertRate(rates.get(A), 0, 0);
        assertRate(rates.get(B), 0, 0);
    }

    @Test
    void theSizeIsThatOnTheLeader() throws IOException {
        source.local(B, 1, 9_000, 0, 10);
        source.local(B, 2, 1_000, 0, 10);
        cluster.meanwhile(() -> source.ends.put(B, 20L));

        assertRate(measure().get(B), 50, 0);
    }

    @Test
    void partitionsWithoutALeaderAreNotAskedFor() throws IOException {
        cluster.withLeader(OptionalInt.empty(), "a", 0, 1);
        source.local(A, 1, 1_000, 0, 10);

        assertThat(measure()).containsOnlyKeys(OTHER, B);
    }
}
