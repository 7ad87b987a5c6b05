package io.aquifer.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** The contract, kept by the real client and S3Proxy. */
class S3ProxyContractTest extends ObjectStoreContractTest {

    private static final String BUCKET = "bucket";

    @TempDir
    Path folder;

    private EmbeddedS3 server;
    private ObjectStore store;

    @BeforeEach
    void start() throws Exception {
        server = EmbeddedS3.start(folder).withBucket(BUCKET);
        store = S3ObjectStore.open(
                server.settings(BUCKET)
                        .partBytes(PART)
                        .uploadMemoryBytes(2 * PART)
                        .build(),
                EmbeddedS3.credentials());
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        server.close();
    }

    @Test
    void the_probe_finds_that_nothing_is_lacking_and_leaves_nothing() {
        assertThat(await(new StoreProbe(store, "prefix", PART).run())).isEmpty();

        assertThat(keys("", null, 10)).isEmpty();
        awaitNothingUnfinished();
    }

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    <T> T await(CompletableFuture<T> future) {
        return RealTime.await(future);
    }

    @Override
    void beginUpload(String key) {
        try (S3Client client = OtherClient.of(server.endpoint())) {
            client.createMultipartUpload(upload -> upload.bucket(BUCKET).key(key));
        }
    }
}
