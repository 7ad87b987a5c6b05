package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.config.S3Config;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class StoreCheckTest {

    private static final S3Config CONFIG = S3Config.of(Map.of(
            "aquifer.s3.bucket", "bucket",
            "aquifer.cluster.id", "cluster"));

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();

    @Test
    void a_store_that_lacks_nothing_is_used_and_left_as_it_was() {
        assertThatCode(() -> StoreCheck.requireUsable(store, CONFIG)).doesNotThrowAnyException();
        assertThat(store.bucket().keys()).isEmpty();
    }

    @Test
    void a_store_that_refuses_what_is_needed_is_not_used() {
        store.faults().every(call -> call.kind() == SimulatedCall.Kind.PUT, SimulatedFault.DENIED);

        assertThatThrownBy(() -> StoreCheck.requireUsable(store, CONFIG))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("PutObject");
    }

    @Test
    void a_store_that_cannot_be_reached_for_the_moment_keeps_no_broker_from_starting() {
        store.faults().every(call -> true, SimulatedFault.LOST_REQUEST);

        assertThatCode(() -> StoreCheck.requireUsable(store, CONFIG)).doesNotThrowAnyException();
    }
}
