package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.Listing;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.object.StoredObject;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PartitionSnapshotsTest {

    private static final UUID TOPIC = new UUID(1, 2);
    private static final int PARTITION = 3;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final PartitionSnapshots snapshots = new PartitionSnapshots(store, Segments.KEYS);

    @Test
    void where_the_partition_was_listed_already_one_request_reads_its_newest_snapshot() {
        create(0);
        create(1);
        List<StoredObject> listed = list();
        int before = store.calls().size();

        assertThat(snapshots.newest(TOPIC, PARTITION, listed).join()).contains(snapshot(1));

        assertThat(store.calls().subList(before, store.calls().size()))
                .extracting(SimulatedCall::kind)
                .containsExactly(SimulatedCall.Kind.GET);
    }

    @Test
    void where_the_listing_has_none_nothing_is_asked_for() {
        int before = store.calls().size();

        assertThat(snapshots.newest(TOPIC, PARTITION, List.of()).join()).isEmpty();

        assertThat(store.calls()).hasSize(before);
    }

    @Test
    void one_that_went_since_it_was_listed_is_followed_by_the_next() {
        create(0);
        List<StoredObject> listed = list();
        create(1);
        store.bucket().remove(Segments.KEYS.snapshot(TOPIC, PARTITION, 0));

        assertThat(snapshots.newest(TOPIC, PARTITION, listed).join()).contains(snapshot(1));
    }

    private List<StoredObject> list() {
        return Listing.of(store, Segments.KEYS.segmentsOf(TOPIC, PARTITION)).join();
    }

    private void create(long number) {
        assertThat(snapshots.create(snapshot(number)).join()).isTrue();
    }

    private static PartitionSnapshot snapshot(long number) {
        return new PartitionSnapshot(TOPIC, PARTITION, number, 1, 1, new TreeMap<>(), List.of());
    }
}
