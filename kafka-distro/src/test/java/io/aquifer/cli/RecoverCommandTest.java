package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is recovered for a broker that isn't the WAL's, or whose bucket isn't known. */
class RecoverCommandTest {

    private static final String BUCKET =
            "rsm.config.aquifer.s3.bucket=bucket\nrsm.config.aquifer.cluster.id=sample-cluster\n";

    @TempDir(factory = OnDisk.class)
    Path directory;

    private Path wal;
    private Path config;

    @BeforeEach
    void format() throws IOException {
        wal = SampleWal.format(directory.resolve("wal"));
        config = directory.resolve("server.properties");
    }

    private Run recover(String properties) throws IOException {
        Files.writeString(config, properties);
        return Run.aquifer("wal", "recover", wal, "--config", config, "--accept-loss");
    }

    @Test
    void theSettingsOfAnotherNodeAreRefused() throws IOException {
        Run run = recover("node.id=8\n" + BUCKET);

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("node.id=8").contains("formatted for 7");
    }

    @Test
    void theSettingsOfAnotherClusterAreRefused() throws IOException {
        Run run = recover("node.id=7\n" + BUCKET.replace("sample-cluster", "another"));

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("rsm.config.aquifer.cluster.id=another").contains("sample-cluster");
    }

    @Test
    void settingsWithoutABucketAreRefused() throws IOException {
        Run run = recover("node.id=7\n");

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("doesn't say where the broker's bucket is");
    }
}
