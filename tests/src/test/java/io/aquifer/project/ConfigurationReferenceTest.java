package io.aquifer.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.config.S3Config;
import io.aquifer.log.AquiferConfig;
import io.aquifer.remote.S3StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

    private static final String WRITE = "aquifer.docs.write";

    @Test
    void the_reference_says_what_the_definitions_say() throws IOException {
        Path file = ProjectModule.root().resolve("docs/configuration.md");
        String reference = new ConfigurationReference(
                        AquiferConfig.CONFIG_DEF, S3StorageConfig.STORAGE_CONFIG_DEF, S3Config.CONFIG_DEF.names())
                .markdown();
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(file, reference);
        }

        assertThat(file)
                .as("docs/configuration.md; write it anew with ./mvnw test -pl tests -am"
                        + " -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE)
                .content()
                .isEqualTo(reference);
    }
}
