package io.aquifer.wal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemSyncTest {

    @TempDir
    Path folder;

    @Test
    void aFileSystemIsSyncedAsOftenAsItIsAsked() throws IOException {
        try (FileSystemSync fileSystem = FileSystemSync.open(new JnaNativeIo(), folder)) {
            Files.writeString(folder.resolve("file"), "content");
            fileSystem.sync();
            Files.move(folder.resolve("file"), folder.resolve("renamed"));
            fileSystem.sync();
        }
    }

    @Test
    void aFailureIsToldAndAnInterruptionIsTriedAgain() throws IOException {
        int[] answers = {-Errno.EINTR, 0, -Errno.EIO};
        int[] calls = {0};
        NativeIo io = new ForwardingNativeIo() {
            @Override
            public int syncfs(int fd) {
                return answers[calls[0]++];
            }
        };
        try (FileSystemSync fileSystem = FileSystemSync.open(io, folder)) {
            fileSystem.sync();
            assertThat(calls[0]).isEqualTo(2);
            assertThatThrownBy(fileSystem::sync)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("EIO");
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> FileSystemSync.open(new JnaNativeIo(), folder.resolve("missing")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing")
                .hasMessageContaining("ENOENT");
    }
}
