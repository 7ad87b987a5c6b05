package io.aquifer.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.LogIncarnation;
import io.aquifer.format.SegmentName;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentListingsTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final UUID TOPIC = new UUID(1, 2);
    private static final UUID OTHER = new UUID(3, 4);
    private static final int MANY = 100_000;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();

    @Test
    void partitions_with_few_objects_are_listed_with_one_request_for_each_topic() throws IOException {
        for (int partition = 0; partition < 50; partition++) {
            put(TOPIC, partition, partition % 4);
            put(OTHER, partition, 1);
        }

        assertListed(logs(TOPIC, 50, OTHER, 50), MANY, 2);
    }

    @Test
    void partitions_that_are_not_wanted_are_passed_over() throws IOException {
        for (int partition = 0; partition < 120; partition++) {
            put(TOPIC, partition, 2);
        }

        assertListed(
                IntStream.of(1, 10, 11, 100, 2, 20)
                        .mapToObj(partition -> log(TOPIC, partition))
                        .toList(),
                MANY,
                1);
    }

    @Test
    void what_fills_many_pages_is_whole_and_no_request_is_made_that_a_listing_of_each_would_not() throws IOException {
        for (int partition = 0; partition < 60; partition++) {
            put(TOPIC, partition, 190);
        }

        assertListed(logs(TOPIC, 60), MANY, 20);
    }

    @Test
    void a_partition_with_more_than_a_page_is_listed_by_itself() throws IOException {
        put(TOPIC, 0, 3);
        put(TOPIC, 1, 3);
        put(TOPIC, 2, 2 * ObjectStore.MAX_PAGE + 1);
        put(TOPIC, 3, 3);
        put(TOPIC, 4, 3);

        SegmentListings listings = assertListed(logs(TOPIC, 5), MANY, 3);

        assertThat(listings.of(TOPIC, 1)).isPresent();
        assertThat(listings.of(TOPIC, 2)).isEmpty();
    }

    @Test
    void a_partition_that_ends_with_a_page_is_whole_only_if_another_key_follows_in_it() throws IOException {
        put(TOPIC, 0, 1);
        put(TOPIC, 1, ObjectStore.MAX_PAGE - 1);
        put(TOPIC, 2, 1);

        assertListed(logs(TOPIC, 3), MANY, 3);
    }

    @Test
    void no_more_is_kept_in_memory_than_may_be() throws IOException {
        for (int partition = 0; partition < 60; partition++) {
            put(TOPIC, partition, 190);
        }

        SegmentListings listings = assertListed(logs(TOPIC, 60), 500, 60);

        long kept = IntStream.range(0, 60)
                .filter(partition -> listings.of(TOPIC, partition).isPresent())
                .count();
        assertThat(kept).isPositive().isLessThan(20);
    }

    /** Each partition has what a listing of it alone finds, with at most so many requests for all. */
    private SegmentListings assertListed(List<LogIncarnation> logs, int most, int requests) throws IOException {
        int before = store.calls().size();
        SegmentListings listings = SegmentListings.read(store, KEYS, logs, most).join();
        assertThat(store.calls().size() - before).isLessThanOrEqualTo(requests);
        for (LogIncarnation log : logs) {
            List<StoredObject> found = new ArrayList<>();
            listings.forEach(log.topicId(), log.partition(), found::add);
            List<StoredObject> there = Listing.of(store, KEYS.segmentsOf(log.topicId(), log.partition()))
                    .join();
            assertThat(found).isEqualTo(there);
        }
        return listings;
    }

    private void put(UUID topicId, int partition, int objects) {
        for (int i = 0; i < objects; i++) {
            String key = i == 0
                    ? KEYS.snapshot(topicId, partition, 7)
                    : KEYS.segment(new SegmentName(topicId, partition, i, i, 0, new UUID(5, i)));
            store.bucket().create(key, new byte[] {1}, Instant.EPOCH);
        }
    }

    private static List<LogIncarnation> logs(Object... topicsAndPartitions) {
        List<LogIncarnation> logs = new ArrayList<>();
        for (int i = 0; i < topicsAndPartitions.length; i += 2) {
            for (int partition = 0; partition < (int) topicsAndPartitions[i + 1]; partition++) {
                logs.add(log((UUID) topicsAndPartitions[i], partition));
            }
        }
        return logs;
    }

    private static LogIncarnation log(UUID topicId, int partition) {
        return new LogIncarnation(topicId, partition, 9);
    }
}
