package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands that move partitions say before they have reached a cluster. */
class MoveCommandsTest {

    @TempDir
    Path directory;

    @Test
    void whereTheClusterIsAndWhatToMoveMustBeSaid() {
        assertThat(Run.aquifer("topic", "move", "orders", "--to", 1).status()).isEqualTo(2);
        assertThat(Run.aquifer("topic", "move", "--to", 1, "--bootstrap-server", "x:1")
                        .status())
                .isEqualTo(2);
        assertThat(Run.aquifer("topic", "move", "orders", "--bootstrap-server", "x:1")
                        .status())
                .isEqualTo(2);
        assertThat(Run.aquifer("broker", "drain", "--bootstrap-server", "x:1").status())
                .isEqualTo(2);
        assertThat(Run.aquifer("broker", "drain", 3).status()).isEqualTo(2);
        assertThat(Run.aquifer("cluster", "balance").status()).isEqualTo(2);
    }

    @Test
    void whatIsNotUnderstoodIsNamed() {
        Run selection = Run.aquifer("topic", "move", "orders:x", "--to", 1, "--bootstrap-server", "x:1");
        assertThat(selection.status()).isEqualTo(2);
        assertThat(selection.err())
                .hasLineCount(1)
                .contains("'orders:x' names no partitions")
                .contains("aquifer topic move --help");
        Run concurrency = Run.aquifer("broker", "drain", 3, "--bootstrap-server", "x:1", "--concurrency", 0);
        assertThat(concurrency.status()).isEqualTo(2);
        assertThat(concurrency.err()).hasLineCount(1).contains("--concurrency is 0");
        Run window = Run.aquifer("cluster", "balance", "--bootstrap-server", "x:1", "--window", 0);
        assertThat(window.status()).isEqualTo(2);
        assertThat(window.err()).hasLineCount(1).contains("--window is 0");
    }

    @Test
    void settingsThatCantBeReadAreNamed() {
        Path missing = directory.resolve("client.properties");

        Run run = Run.aquifer("broker", "drain", 3, "--bootstrap-server", "127.0.0.1:1", "--command-config", missing);

        assertThat(run.status()).isOne();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains("The settings in " + missing + " can't be read");
    }

    @Test
    void anAddressThatIsNoneIsNamed() {
        Run run = Run.aquifer("cluster", "balance", "--bootstrap-server", "nowhere");

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .hasLineCount(1)
                .contains("No client of nowhere can be made")
                .contains("nowhere");
    }

    @Test
    void aClusterThatDoesNotAnswerIsGivenUp() throws IOException {
        Path settings = Files.writeString(
                directory.resolve("client.properties"),
                "default.api.timeout.ms=500\nrequest.timeout.ms=200\nreconnect.backoff.ms=10\n");

        Run run;
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run = Run.aquifer(
                    "broker",
                    "drain",
                    3,
                    "--bootstrap-server",
                    "127.0.0.1:" + silent.getLocalPort(),
                    "--command-config",
                    settings);
        }

        assertThat(run.status()).isOne();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains("The cluster doesn't say which brokers there are");
    }
}
