package io.aquifer.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.device.DurabilitySetting;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceSyncSettingTest {

    @ParameterizedTest
    @CsvSource({"auto, AUTO", "fdatasync, SYNC", "dsync, DSYNC", "aio, AIO"})
    void every_value_that_the_reference_names_is_understood(String value, DurabilitySetting expected) {
        AquiferConfig config = AquiferConfig.of(
                Map.of(AquiferConfig.WAL_PATH_CONFIG, "/dev/wal", AquiferConfig.WAL_DEVICE_SYNC_CONFIG, value));

        assertThat(config.deviceSync()).isEqualTo(expected);
    }
}
