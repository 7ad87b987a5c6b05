package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aquifer.config.S3Config;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void both_managers_look_at_the_bucket_that_their_own_settings_name(@TempDir Path folder) throws IOException {
        HttpServer refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        refusing.createContext("/", StoreCheckTest::refuse);
        refusing.start();
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "secret");
        Map<String, Object> settings = Map.of(
                "aquifer.s3.bucket", "of-another",
                "aquifer.s3.endpoint",
                        "http://127.0.0.1:" + refusing.getAddress().getPort(),
                "aquifer.s3.path.style", "true",
                "aquifer.s3.region", "eu-central-1",
                "aquifer.cluster.id", "cluster",
                "aquifer.deletions.path", folder.resolve("deletions").toString(),
                "log.dir", folder.toString());
        try (S3RemoteStorageManager storage = new S3RemoteStorageManager(() -> {}, S3RemoteStorageManager::open);
                S3RemoteLogMetadataManager metadata = new S3RemoteLogMetadataManager(
                        () -> {}, S3RemoteLogMetadataManager::open, new MetadataThread())) {
            for (Configurable manager : List.of(storage, metadata)) {
                assertThatThrownBy(() -> manager.configure(settings))
                        .isInstanceOf(KafkaException.class)
                        .hasMessageContaining("of-another")
                        .hasMessageContaining("It lacks s3:ListBucket")
                        .hasMessageContaining("It lacks s3:PutObject");
            }
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
            refusing.stop(0);
        }
    }

    private static void refuse(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = "<Error><Code>AccessDenied</Code></Error>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(403, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
            if (!exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}
