package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.wal.device.DurabilitySetting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from server.properties, and what is said of mistakes there. */
class AquiferConfigTest {

    private static Map<String, String> settings(String... pairs) {
        Map<String, String> settings = new HashMap<>();
        settings.put("aquifer.wal.path", "/dev/nvme1n1");
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put(pairs[i], pairs[i + 1]);
        }
        return settings;
    }

    @Test
    void thePathIsEnough() {
        AquiferConfig config = AquiferConfig.of(settings());
        assertThat(config.walPath()).isEqualTo(Path.of("/dev/nvme1n1"));
        assertThat(config.walSettings().memoryBytes()).isEqualTo(128 << 20);
        assertThat(config.walSettings().blockBytes()).isEqualTo(1 << 20);
        assertThat(config.walSettings().writesInFlight()).isEqualTo(4);
        assertThat(config.walSettings().deviceTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.appendTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.topics().matches("anything")).isTrue();
    }

    @Test
    void settingsOfKafkaAreNoneOfOurs() {
        assertThat(AquiferConfig.isPresent(Map.of("log.dirs", "/data"))).isFalse();
        assertThat(AquiferConfig.isPresent(Map.of("aquifer.topics", "a"))).isTrue();
        AquiferConfig.of(settings("log.dirs", "/data", "message.max.bytes", "what?"));
    }

    @Test
    void severalPatternsOfTopicsAreSeparatedByCommas() {
        AquiferConfig config = AquiferConfig.of(settings("aquifer.topics", "orders, pay.*"));
        assertThat(config.topics().matches("orders")).isTrue();
        assertThat(config.topics().matches("payments")).isTrue();
        assertThat(config.topics().matches("users")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"auto,AUTO", "fdatasync,SYNC", "dsync,DSYNC"})
    void everyWayToSyncIsUnderstood(String value, DurabilitySetting expected) {
        assertThat(AquiferConfig.of(settings("aquifer.wal.device.sync", value)).deviceSync())
                .isEqualTo(expected);
    }

    @Test
    void settingsWithoutAPathSayWhichIsMissing() {
        assertThatThrownBy(() -> AquiferConfig.of(Map.of("aquifer.topics", "orders")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("[aquifer.topics]")
                .hasMessageContaining("aquifer.wal.path")
                .hasMessageContaining("aquifer wal format");
    }

    @Test
    void aMisspeltSettingIsNamedWithAllThatThereAre() {
        assertThatThrownBy(() -> AquiferConfig.of(settings("aquifer.wal.pth", "x")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("[aquifer.wal.pth]")
                .hasMessageContaining("aquifer.wal.path")
                .hasMessageContaining("aquifer.wal.memory.bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aquifer.wal.memory.bytes | lots | INT",
                "aquifer.wal.memory.bytes | 1000 | at least 1048576",
                "aquifer.wal.memory.bytes | 2000000000 | no more than 1073741824",
                "aquifer.wal.block.bytes | 100 | at least 4096",
                "aquifer.wal.writes.in.flight | 0 | at least 1",
                "aquifer.wal.writes.in.flight | 65 | no more than 64",
                "aquifer.wal.append.timeout.ms | -1 | at least 0",
                "aquifer.wal.device.timeout.ms | 5 | at least 100",
                "aquifer.wal.trim.interval.ms | 1 | at least 10",
                "aquifer.wal.device.sync | always | auto, fdatasync, dsync",
                "aquifer.topics | (orders | no regular expression",
            })
    void aValueThatCannotBeIsNamedWithWhatCan(String setting, String value, String expected) {
        assertThatThrownBy(() -> AquiferConfig.of(settings(setting, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(setting)
                .hasMessageContaining(value)
                .hasMessageContaining(expected);
    }

    @Test
    void anEmptyPathIsNamed() {
        assertThatThrownBy(() -> AquiferConfig.of(settings("aquifer.wal.path", "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("aquifer.wal.path");
    }

    @Test
    void memoryForFewBlocksSaysHowMuchItTakes() {
        assertThatThrownBy(() -> AquiferConfig.of(
                        settings("aquifer.wal.memory.bytes", "1048576", "aquifer.wal.block.bytes", "1048576")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("aquifer.wal.memory.bytes=1048576")
                .hasMessageContaining("aquifer.wal.block.bytes=1048576")
                .hasMessageContaining("8388608");
    }

    @Test
    void aBrokerWithoutTieringIsRefusedBeforeItsWalIsTouched() {
        Properties properties = new Properties();
        properties.put("process.roles", "broker");
        properties.put("node.id", "1");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.bootstrap.servers", "localhost:1");
        properties.put("listeners", "PLAINTEXT://localhost:0");
        properties.putAll(settings());
        KafkaConfig kafka = KafkaConfig.fromProps(properties);
        assertThatThrownBy(() -> AquiferRuntime.start(kafka, () -> MetadataImage.EMPTY, new LogDirFailureChannel(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("aquifer.wal.path=/dev/nvme1n1")
                .hasMessageContaining("remote.log.storage.system.enable is false")
                .hasMessageContaining("Set it to true");
    }
}
