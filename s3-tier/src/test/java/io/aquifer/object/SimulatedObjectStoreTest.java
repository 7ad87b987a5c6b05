package io.aquifer.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedObjectStoreTest {

    private final SimulatedClock clock = SimulatedClock.driven();
    private final SimulatedBucket bucket = new SimulatedBucket();
    private final SimulatedObjectStore store = new SimulatedObjectStore(clock, bucket, 7);

    @Test
    void a_put_whose_answer_was_lost_has_happened() {
        store.faults().next(SimulatedCall.Kind.PUT, SimulatedFault.LOST_ANSWER);

        assertThatThrownBy(() -> clock.await(store.putIfAbsent("a", content(1))))
                .hasCauseInstanceOf(UnreachableStoreException.class);

        assertThat(clock.await(store.putIfAbsent("a", content(1)))).isEqualTo(PutResult.SAME_EXISTS);
    }

    @ParameterizedTest
    @EnumSource(
            value = SimulatedFault.class,
            names = {"LOST_REQUEST", "THROTTLED", "TIMED_OUT", "DENIED"})
    void other_failures_of_a_put_have_no_effect(SimulatedFault fault) {
        store.faults().next(SimulatedCall.Kind.PUT, fault);

        assertThatThrownBy(() -> clock.await(store.putIfAbsent("a", content(1))))
                .hasCauseInstanceOf(ObjectStoreException.class);

        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void a_lost_race_is_lost_to_other_bytes() {
        store.faults().next(SimulatedCall.Kind.PUT, SimulatedFault.LOST_RACE);

        assertThat(clock.await(store.putIfAbsent("a", content(1)))).isEqualTo(PutResult.OTHER_EXISTS);
        assertThat(bucket.bytes("a")).isNotEqualTo(content(1).array());
    }

    @Test
    void a_body_that_was_cut_off_is_an_error() {
        bucket.create("a", Bytes.random(1, 1000), clock.now());
        store.faults().next(SimulatedCall.Kind.GET, SimulatedFault.CUT_BODY);
        ByteBuffer target = ByteBuffer.allocate(1000);

        assertThatThrownBy(() -> clock.await(store.get("a", 0, target)))
                .hasCauseInstanceOf(DamagedTransferException.class);
        assertThat(target.array()).isNotEqualTo(Bytes.random(1, 1000));
    }

    @Test
    void a_target_is_left_alone_once_its_read_is_cancelled() {
        bucket.create("a", Bytes.random(1, 1000), clock.now());
        ByteBuffer target = ByteBuffer.allocate(1000);

        store.get("a", 0, target).cancel(true);
        clock.runAll();

        assertThat(target.array()).containsOnly(0);
    }

    @Test
    void a_cancelled_put_takes_effect_or_does_not() {
        Set<Boolean> effects = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            store.putIfAbsent("a", content(1)).cancel(true);
            clock.runAll();
            effects.add(bucket.keys().contains("a"));
            bucket.remove("a");
        }

        assertThat(effects).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void content_that_is_changed_while_it_is_put_is_found_out() {
        ByteBuffer content = content(1);
        CompletableFuture<PutResult> put = store.putIfAbsent("a", content);
        content.put(5, (byte) ~content.get(5));

        assertThatThrownBy(() -> clock.await(put)).isInstanceOf(AssertionError.class);
    }

    @Test
    void calls_overtake_each_other() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            var unused = store.putIfAbsent("a" + i, content(i)).thenRun(() -> order.add(number));
        }
        clock.runAll();

        assertThat(order).hasSize(20).isNotEqualTo(order.stream().sorted().toList());
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        assertThat(run(1)).isEqualTo(run(1)).isNotEqualTo(run(2));
    }

    @Test
    void an_eager_store_needs_no_clock() {
        SimulatedObjectStore eager = SimulatedObjectStore.eager();

        assertThat(eager.putIfAbsent("a", content(1))).isCompletedWithValue(PutResult.CREATED);
        assertThat(eager.calls()).containsExactly(new SimulatedCall(SimulatedCall.Kind.PUT, "a"));
    }

    private static List<String> run(long seed) {
        SimulatedClock clock = SimulatedClock.driven();
        SimulatedObjectStore store = new SimulatedObjectStore(clock, new SimulatedBucket(), seed);
        store.faults().atRandom(0.5);
        List<String> history = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            try {
                history.add(clock.await(store.putIfAbsent("a" + i % 60, content(i % 60))) + " at " + clock.now());
            } catch (CompletionException e) {
                history.add(e.getCause().getMessage() + " at " + clock.now());
            }
        }
        return history;
    }

    private static ByteBuffer content(int seed) {
        return ByteBuffer.wrap(Bytes.random(seed, 100));
    }
}
