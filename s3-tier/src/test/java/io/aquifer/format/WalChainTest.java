package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WalChainTest {

    private static final int NODE = 7;
    private static final UUID SEALER = new UUID(3, 4);

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final WalChain chain = new WalChain(store, Segments.KEYS);

    @Test
    void a_broker_without_objects_has_no_runs() {
        object(8, 0, 0);
        object(71, 0, 0);

        assertThat(chain.runs(NODE).join()).isEmpty();
        assertThat(chain.run(NODE, 0).join()).isEmpty();
    }

    @Test
    void epochs_come_in_their_order_with_their_runs_and_seals() {
        object(NODE, 2, 0);
        object(NODE, 2, 1);
        WalSeal first = seal(2, 2, 5);
        WalSeal second = seal(5, 0, 1_000_000_000_000L);
        object(NODE, 1_000_000_000_000L, 0);
        object(8, 2, 2);

        assertThat(chain.runs(NODE).join())
                .containsExactly(
                        new WalRun(NODE, 2, 0, 2, Optional.of(first)),
                        new WalRun(NODE, 5, 0, 0, Optional.of(second)),
                        new WalRun(NODE, 1_000_000_000_000L, 0, 1, Optional.empty()));
    }

    @Test
    void however_many_epochs_there_are_they_are_listed_at_once() {
        for (int epoch = 0; epoch < 20; epoch++) {
            object(NODE, epoch, 0);
        }
        int before = store.calls().size();

        assertThat(chain.runs(NODE).join()).hasSize(20);

        assertThat(store.calls().subList(before, store.calls().size()))
                .extracting(SimulatedCall::key)
                .containsExactly(Segments.KEYS.walObjectsOf(NODE), Segments.KEYS.collectionRecords());
    }

    @Test
    void what_lies_behind_a_gap_or_behind_the_seal_does_not_count() {
        object(NODE, 1, 0);
        object(NODE, 1, 2);
        object(NODE, 2, 0);
        WalSeal seal = seal(2, 1, 3);
        object(NODE, 2, 2);
        object(NODE, 2, 3);

        assertThat(chain.runs(NODE).join())
                .containsExactly(
                        new WalRun(NODE, 1, 0, 1, Optional.empty()), new WalRun(NODE, 2, 0, 1, Optional.of(seal)));
    }

    @Test
    void a_run_begins_where_the_collection_of_garbage_has_left_it() {
        object(NODE, 1, 40);
        object(NODE, 1, 41);

        WalRun run = chain.run(NODE, 1).join().orElseThrow();

        assertThat(run).isEqualTo(new WalRun(NODE, 1, 40, 42, Optional.empty()));
        assertThat(run.object(41)).isEqualTo(new WalObjectName(NODE, 1, 41));
        assertThat(run.next()).isEqualTo(new WalObjectName(NODE, 1, 42));
        assertThatThrownBy(() -> run.object(39)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_was_condemned_makes_no_gap_and_is_passed_over_though_it_may_be_there() {
        for (long sequence : List.of(2L, 5L, 6L, 8L, 12L)) {
            object(NODE, 1, sequence);
        }
        condemn(1, LongRanges.of(0, 5), LongRanges.of(6, 8), LongRanges.of(9, 12));

        WalRun run = chain.run(NODE, 1).join().orElseThrow();

        assertThat(run.objects()).extracting(WalObjectName::sequence).containsExactly(5L, 8L, 12L);
        assertThat(run.first()).isEqualTo(5);
        assertThat(run.next().sequence()).isEqualTo(13);
        assertThatThrownBy(() -> run.object(6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_an_epoch_that_was_collected_the_seal_stays() {
        condemn(1, LongRanges.of(0, 5));
        object(NODE, 1, 3);
        WalSeal seal = seal(1, 5, 2);

        WalRun run = chain.run(NODE, 1).join().orElseThrow();

        assertThat(run.objects()).isEmpty();
        assertThat(run.seal()).contains(seal);
    }

    private void condemn(long epoch, LongRanges... numbers) {
        LongRanges all = new LongRanges();
        for (LongRanges each : numbers) {
            all.addAll(each);
        }
        CollectionRecord record = new CollectionRecord(
                0,
                new UUID(1, 2),
                1,
                new TreeMap<>(Map.of(new WalEpoch(NODE, epoch), all)),
                new TreeSet<>(),
                new TreeSet<>());
        assertThat(new CollectionRecords(store, Segments.KEYS).create(record).join())
                .isTrue();
    }

    @Test
    void a_run_does_not_go_on_without_a_readable_record_of_what_was_collected() {
        object(NODE, 1, 0);
        condemn(1, LongRanges.of(3, 4));
        store.bucket().damage(Segments.KEYS.collectionRecord(0), 20);

        assertThatThrownBy(() -> chain.run(NODE, 1).join()).cause().isInstanceOf(DamagedObjectException.class);
    }

    @Test
    void keys_that_name_no_object_of_the_epoch_do_not_break_the_run() {
        object(NODE, 1, 0);
        store.bucket()
                .create(Segments.KEYS.walObjectsOf(NODE, 1) + "00000000000000000000.tmp", new byte[1], Instant.EPOCH);
        object(NODE, 1, 1);

        assertThat(chain.run(NODE, 1).join()).contains(new WalRun(NODE, 1, 0, 2, Optional.empty()));
    }

    @Test
    void a_run_of_several_pages_is_read_to_its_seal() {
        for (int i = 0; i < 2 * ObjectStore.MAX_PAGE; i++) {
            object(NODE, 1, i);
        }
        WalSeal seal = seal(1, 2L * ObjectStore.MAX_PAGE, 2);

        assertThat(chain.run(NODE, 1).join())
                .contains(new WalRun(NODE, 1, 0, 2L * ObjectStore.MAX_PAGE, Optional.of(seal)));
    }

    @Test
    void keys_of_others_are_passed_over() {
        store.bucket().create(Segments.KEYS.walObjectsOf(NODE) + "0-note", new byte[1], Instant.EPOCH);
        object(NODE, 3, 0);
        store.bucket().create(Segments.KEYS.walObjectsOf(NODE, 3) + "0-note", new byte[1], Instant.EPOCH);

        assertThat(chain.runs(NODE).join()).containsExactly(new WalRun(NODE, 3, 0, 1, Optional.empty()));
    }

    @Test
    void a_number_has_one_owner_be_it_a_seal_or_an_object() {
        WalSeal seal = seal(1, 0, 2);
        WalSeal other = WalSeal.takenOver(seal.name(), WalFixtures.WAL_ID, SEALER, 9, Instant.EPOCH);

        assertThat(chain.seal(seal).join()).isEqualTo(PutResult.SAME_EXISTS);
        assertThat(chain.seal(other).join()).isEqualTo(PutResult.OTHER_EXISTS);
        assertThat(chain.run(NODE, 1).join().orElseThrow().seal()).contains(seal);
    }

    private void object(int node, long epoch, long sequence) {
        store.bucket()
                .create(
                        Segments.KEYS.walObject(new WalObjectName(node, epoch, sequence)),
                        new byte[700],
                        Instant.EPOCH);
    }

    private WalSeal seal(long epoch, long sequence, long next) {
        WalSeal seal = WalSeal.continued(
                new WalObjectName(NODE, epoch, sequence), WalFixtures.WAL_ID, SEALER, next, Instant.EPOCH);
        assertThat(chain.seal(seal).join()).isEqualTo(PutResult.CREATED);
        return seal;
    }
}
