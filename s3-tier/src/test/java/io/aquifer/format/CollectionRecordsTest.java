package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.SimulatedObjectStore;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CollectionRecordsTest {

    private static final ClusterKeys KEYS = Segments.KEYS;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final CollectionRecords records = new CollectionRecords(store, KEYS);

    @Test
    void the_record_with_the_highest_number_counts() {
        assertThat(records.newest().join()).isEmpty();

        create(0, 1);
        create(1, 2);

        assertThat(records.newest().join()).contains(record(1, 2));
    }

    @Test
    void a_number_belongs_to_whoever_creates_it() {
        assertThat(create(0, 1)).isTrue();

        assertThat(create(0, 2)).isFalse();
        assertThat(records.newest().join()).contains(record(0, 1));
    }

    @Test
    void a_number_that_became_free_behind_newer_ones_is_not_the_newest() {
        create(0, 1);
        create(1, 1);
        create(2, 1);
        records.removeBefore(2).join();
        assertThat(store.bucket().keys()).containsExactlyInAnyOrder(KEYS.collectionRecord(1), KEYS.collectionRecord(2));

        assertThat(create(0, 2)).isFalse();
        assertThat(records.newest().join()).contains(record(2, 1));
    }

    @Test
    void a_damaged_newest_record_is_an_error_and_not_passed_over() {
        create(0, 1);
        create(1, 1);
        store.bucket().damage(KEYS.collectionRecord(1), 30);

        assertThatThrownBy(() -> records.newest().join())
                .cause()
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining(KEYS.collectionRecord(1));
    }

    @Test
    void an_empty_record_and_one_under_another_number_are_errors() {
        store.bucket().create(KEYS.collectionRecord(3), record(2, 1).toBytes().array(), Instant.EPOCH);
        assertThatThrownBy(() -> records.newest().join()).cause().isInstanceOf(ForeignObjectException.class);

        store.bucket().create(KEYS.collectionRecord(4), new byte[0], Instant.EPOCH);
        assertThatThrownBy(() -> records.newest().join()).cause().isInstanceOf(DamagedObjectException.class);
    }

    private boolean create(long number, long collector) {
        return records.create(record(number, collector)).join();
    }

    private static CollectionRecord record(long number, long collector) {
        return CollectionRecord.first(number, new UUID(0, collector), 1);
    }
}
