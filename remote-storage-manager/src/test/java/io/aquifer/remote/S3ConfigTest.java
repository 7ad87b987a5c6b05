package io.aquifer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.cache.ChunkCacheSettings;
import io.aquifer.config.S3Config;
import io.aquifer.object.ObjectStoreSettings;
import io.aquifer.object.ServerSideEncryption;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3ConfigTest {

    private static final Map<String, String> LEAST =
            Map.of("aquifer.s3.bucket", "bucket", "aquifer.cluster.id", "cluster");
    private static final Map<String, String> LEAST_OF_STORAGE = Map.of(
            "aquifer.s3.bucket", "bucket",
            "aquifer.cluster.id", "cluster",
            "aquifer.deletions.path", "/deletions");

    @Test
    void defaults_are_those_of_the_store() {
        assertThat(S3Config.of(LEAST).store())
                .isEqualTo(ObjectStoreSettings.builder("bucket").build());
        assertThat(S3Config.of(LEAST).keys().root()).isEqualTo("cluster/");
    }

    @Test
    void the_cache_has_its_own_defaults_and_can_be_left_out() {
        Map<String, String> settings = new HashMap<>(LEAST_OF_STORAGE);
        assertThat(S3StorageConfig.of(settings).cache()).contains(ChunkCacheSettings.DEFAULT);

        settings.put("aquifer.s3.cache.bytes", "0");
        assertThat(S3StorageConfig.of(settings).cache()).isEmpty();
    }

    @Test
    void every_setting_reaches_the_store() {
        Map<String, String> settings = new HashMap<>(LEAST);
        settings.put("aquifer.s3.prefix", "a/b");
        settings.put("aquifer.s3.region", "eu-central-1");
        settings.put("aquifer.s3.endpoint", "http://localhost:9000");
        settings.put("aquifer.s3.path.style", "true");
        settings.put("aquifer.s3.storage.class", "STANDARD_IA");
        settings.put("aquifer.s3.encryption", "kms");
        settings.put("aquifer.s3.kms.key.id", "key");
        settings.put("aquifer.s3.bucket.owner", "123456789012");
        settings.put("aquifer.s3.part.bytes", "6000000");
        settings.put("aquifer.s3.upload.memory.bytes", "12000000");
        settings.put("aquifer.s3.requests.in.flight", "5");
        settings.put("aquifer.s3.upload.bytes.per.second", "7000000000");
        settings.put("aquifer.s3.download.bytes.per.second", "8000000000");
        settings.put("aquifer.s3.request.timeout.ms", "3000");
        settings.put("aquifer.s3.attempt.timeout.ms", "2000");

        S3Config config = S3Config.of(settings);

        assertThat(config.store())
                .isEqualTo(ObjectStoreSettings.builder("bucket")
                        .region("eu-central-1")
                        .endpoint(URI.create("http://localhost:9000"))
                        .pathStyle(true)
                        .storageClass("STANDARD_IA")
                        .encryption(ServerSideEncryption.KMS)
                        .kmsKeyId("key")
                        .bucketOwner("123456789012")
                        .partBytes(6_000_000)
                        .uploadMemoryBytes(12_000_000)
                        .requestsInFlight(5)
                        .uploadBytesPerSecond(7_000_000_000L)
                        .downloadBytesPerSecond(8_000_000_000L)
                        .requestTimeout(Duration.ofSeconds(3))
                        .attemptTimeout(Duration.ofSeconds(2))
                        .build());
        assertThat(config.keys().root()).isEqualTo("a/b/cluster/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"aquifer.s3.bucket", "aquifer.cluster.id", "aquifer.deletions.path"})
    void what_has_no_default_must_be_there(String setting) {
        Map<String, String> settings = new HashMap<>(LEAST_OF_STORAGE);
        settings.remove(setting);

        assertThatThrownBy(() -> S3StorageConfig.of(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(setting);
    }

    @ParameterizedTest
    @CsvSource({
        "aquifer.s3.buckett,x,aquifer.s3.buckett",
        "aquifer.s3.prefix,/a,aquifer.s3.prefix",
        "aquifer.s3.endpoint,localhost,aquifer.s3.endpoint",
        "aquifer.s3.encryption,aes,aquifer.s3.encryption",
        "aquifer.s3.kms.key.id,key,KMS key",
        "aquifer.s3.chunk.bytes,5000,power of two",
        "aquifer.s3.cache.chunk.bytes,70000,power of two",
        "aquifer.s3.cache.bytes,70000,aquifer.s3.cache",
        "aquifer.s3.upload.memory.bytes,6000000,upload memory",
        "aquifer.s3.upload.bytes.per.second,-1,aquifer.s3.upload.bytes.per.second",
        "aquifer.s3.attempt.timeout.ms,100000,attempt timeout"
    })
    void a_setting_that_makes_no_sense_is_named(String setting, String value, String named) {
        Map<String, String> settings = new HashMap<>(LEAST_OF_STORAGE);
        settings.put(setting, value);

        assertThatThrownBy(() -> S3StorageConfig.of(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(named);
    }

    @Test
    void the_metadata_manager_has_no_use_for_the_settings_of_the_storage_manager_but_lets_them_be() {
        assertThat(S3StorageConfig.forMetadata(LEAST).values().keySet())
                .doesNotContain("aquifer.deletions.path", "aquifer.s3.cache.bytes");
        assertThatCode(() -> S3StorageConfig.forMetadata(LEAST_OF_STORAGE)).doesNotThrowAnyException();
    }

    @Test
    void a_setting_that_the_metadata_manager_does_not_know_is_named() {
        Map<String, String> settings = new HashMap<>(LEAST);
        settings.put("aquifer.s3.buckett", "x");

        assertThatThrownBy(() -> S3StorageConfig.forMetadata(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("aquifer.s3.buckett");
    }

    @Test
    void settings_of_others_are_left_alone() {
        Map<String, Object> settings = new HashMap<>(LEAST);
        settings.put("broker.id", 1);

        assertThat(S3Config.of(settings).getString("aquifer.s3.bucket")).isEqualTo("bucket");
    }
}
