package io.aquifer.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreProbeTest {

    private static final int PART = 100;

    private final SimulatedClock clock = SimulatedClock.driven();
    private final SimulatedBucket bucket = new SimulatedBucket();
    private final SimulatedObjectStore store = new SimulatedObjectStore(clock, bucket, 1);

    @Test
    void a_store_that_can_be_used_lacks_nothing_and_is_left_as_it_was() {
        bucket.create("prefix/cluster/segment", new byte[10], clock.now());

        assertThat(probe(store)).isEmpty();
        assertThat(bucket.keys()).containsExactly("prefix/cluster/segment");
    }

    @ParameterizedTest
    @CsvSource({
        "LIST, s3:ListBucket",
        "PUT, s3:PutObject",
        "GET, s3:GetObject",
        "LIST_UPLOADS, s3:ListBucketMultipartUploads",
        "ABORT_UPLOAD, s3:AbortMultipartUpload"
    })
    void a_missing_permission_is_named(SimulatedCall.Kind denied, String permission) {
        store.faults().every(call -> call.kind() == denied, SimulatedFault.DENIED);

        assertThat(probe(store)).extracting(ProbeFinding::lacking).containsExactly(permission);
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void a_missing_permission_to_delete_is_named() {
        store.faults().every(call -> call.kind() == SimulatedCall.Kind.DELETE, SimulatedFault.DENIED);

        assertThat(probe(store)).extracting(ProbeFinding::lacking).containsExactly("s3:DeleteObject");
    }

    @Test
    void all_that_is_missing_is_named_at_once() {
        store.faults().every(call -> true, SimulatedFault.DENIED);

        assertThat(probe(store))
                .extracting(ProbeFinding::lacking)
                .containsExactly(
                        "s3:ListBucket",
                        "s3:PutObject",
                        "s3:GetObject",
                        "s3:ListBucketMultipartUploads",
                        "s3:AbortMultipartUpload",
                        "s3:DeleteObject");
    }

    @ParameterizedTest
    @CsvSource({"putIfAbsent, A second object", "uploadIfAbsent, An upload in parts"})
    void a_store_that_overwrites_is_refused(String method, String what) {
        List<ProbeFinding> findings = probe(overwriting(method));

        assertThat(findings).extracting(ProbeFinding::lacking).containsExactly(StoreProbe.CREATE_IF_ABSENT);
        assertThat(findings.get(0).message()).startsWith(what);
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void a_store_that_can_not_be_reached_fails_the_probe() {
        store.faults().every(call -> true, SimulatedFault.LOST_REQUEST);

        assertThatThrownBy(() -> probe(store)).hasCauseInstanceOf(UnreachableStoreException.class);
        assertThat(store.calls())
                .as("calls, each of which takes all of its attempts")
                .extracting(SimulatedCall::kind)
                .containsExactly(SimulatedCall.Kind.LIST);
    }

    @Test
    void a_probe_that_fails_half_way_cleans_up() {
        store.faults().next(SimulatedCall.Kind.GET, SimulatedFault.TIMED_OUT);

        assertThatThrownBy(() -> probe(store)).hasCauseInstanceOf(RequestTimeoutException.class);
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void what_failed_first_is_said_even_if_cleaning_up_fails_too() {
        store.faults().next(SimulatedCall.Kind.GET, SimulatedFault.TIMED_OUT);
        store.faults().every(call -> call.kind() == SimulatedCall.Kind.DELETE, SimulatedFault.LOST_REQUEST);

        assertThatThrownBy(() -> probe(store)).cause().satisfies(failure -> {
            assertThat(failure).isInstanceOf(RequestTimeoutException.class);
            assertThat(failure.getSuppressed()).hasAtLeastOneElementOfType(UnreachableStoreException.class);
        });
    }

    private List<ProbeFinding> probe(ObjectStore probed) {
        return clock.await(new StoreProbe(probed, "prefix/cluster", PART).run());
    }

    /** The store, but that one of its methods takes no notice of what exists. */
    private ObjectStore overwriting(String careless) {
        return (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(careless)) {
                        bucket.remove((String) arguments[0]);
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
