package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are lost come back with the ids by which the controller knows them. */
class RestoreDirectoriesCommandTest {

    private static final String ID = "EjRWeJq8Te-BI0VniavN7w";

    @TempDir(factory = OnDisk.class)
    Path directory;

    private Path wal;
    private Path logs;

    @BeforeEach
    void open() throws IOException {
        wal = SampleWal.format(directory.resolve("wal"));
        SampleWal.open(wal).close();
        logs = directory.resolve("logs");
    }

    private MetaProperties properties(Path dir) throws IOException {
        return new MetaPropertiesEnsemble.Loader()
                .addLogDirs(List.of(dir.toString()))
                .load()
                .logDirProps()
                .get(dir.toString());
    }

    @Test
    void aDirectoryThatIsGoneIsThereAgainWithItsId() throws IOException {
        Run run = Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs);

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains(logs + ": directory " + ID + " of node 7");
        MetaProperties found = properties(logs);
        assertThat(found.clusterId()).contains("sample-cluster");
        assertThat(found.nodeId()).hasValue(7);
        assertThat(found.directoryId().orElseThrow()).hasToString(ID);
    }

    @Test
    void aDirectoryThatIsThereIsLeftAlone() throws IOException {
        Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs);
        byte[] before = Files.readAllBytes(logs.resolve("meta.properties"));

        Run again = Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs, "--json");

        assertThat(again.json().get("directories")).isEmpty();
        assertThat(Files.readAllBytes(logs.resolve("meta.properties"))).isEqualTo(before);
    }

    @Test
    void moreDirectoriesThanThereAreIdsAreRefusedAndNothingIsWritten() {
        Path more = directory.resolve("more");

        Run run = Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs + "," + more);

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("2 directories have no meta.properties, and the WAL has 1 ids");
        assertThat(logs).doesNotExist();
    }

    @Test
    void aDirectoryOfAnotherBrokerIsRefused() throws IOException {
        Files.createDirectories(logs);
        Files.writeString(
                logs.resolve("meta.properties"),
                "version=1\ncluster.id=sample-cluster\nnode.id=8\ndirectory.id=" + ID + "\n");

        Run run = Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs);

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("belongs to node 8 of cluster sample-cluster");
    }

    @Test
    void aDirectoryThatNoneOfThoseGivenStandsForIsForgotten() throws IOException {
        Files.createDirectories(logs);
        Files.writeString(
                logs.resolve("meta.properties"),
                "version=1\ncluster.id=sample-cluster\nnode.id=7\ndirectory.id=AAAAAAAAAAAAAAAAAAAAAQ\n");

        Run run = Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs);

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("forgotten directory " + ID).contains("rebuilt in the others");
        try (WalOnDevice device = WalOnDevice.open(wal)) {
            assertThat(device.superblock().directoryIds()).isEmpty();
        }
        assertThat(Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs)
                        .out())
                .contains("nothing to do");
    }

    @Test
    void nothingIsForgottenWhileABrokerHasTheWal() throws IOException {
        Files.createDirectories(logs);
        Files.writeString(
                logs.resolve("meta.properties"),
                "version=1\ncluster.id=sample-cluster\nnode.id=7\ndirectory.id=AAAAAAAAAAAAAAAAAAAAAQ\n");
        SampleWal broker = SampleWal.open(wal);

        Run run = Run.aquifer("wal", "restore-directories", wal, "--log-dirs", logs);

        broker.close();
        assertThat(run.status()).isOne();
        try (WalOnDevice device = WalOnDevice.open(wal)) {
            assertThat(device.superblock().directoryIds()).hasSize(1);
        }
    }
}
