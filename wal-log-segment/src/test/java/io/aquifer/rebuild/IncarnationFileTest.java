package io.aquifer.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncarnationFileTest {

    /** What version 1 writes for the incarnation 0x0123456789abcdef. */
    private static final String GOLDEN = "v1 0123456789abcdef f3f9569b\n";

    @TempDir
    Path directory;

    private File dir;
    private Path file;

    @BeforeEach
    void locate() {
        dir = directory.toFile();
        file = directory.resolve(IncarnationFile.NAME);
    }

    @Test
    void aDirectoryWithoutTheFileNamesNone() throws IOException {
        assertThat(IncarnationFile.read(dir)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, 0x0123456789abcdefL})
    void whatWasWrittenIsRead(long incarnation) throws IOException {
        IncarnationFile.write(dir, 42);
        IncarnationFile.write(dir, incarnation);
        assertThat(IncarnationFile.read(dir)).hasValue(incarnation);
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void theLineIsTheOneOfVersion1() throws IOException {
        IncarnationFile.write(dir, 0x0123456789abcdefL);
        assertThat(file).hasContent(GOLDEN.strip());
        assertThat(Files.readString(file)).isEqualTo(GOLDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v1 0123456789abcdef",
                "v1 0123456789abcdee f3f9569b",
                "v2 0123456789abcdef f3f9569b",
                "v1 0123456789abcdef f3f9569b more"
            })
    void anythingElseIsDamageAndSaysWhere(String content) throws IOException {
        Files.writeString(file, content);
        assertThatThrownBy(() -> IncarnationFile.read(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("isn't what Aquifer wrote there")
                .hasMessageContaining("Restore it");
    }

    @Test
    void bytesThatAreNoTextAreDamageToo() throws IOException {
        Files.write(file, new byte[] {(byte) 0x80, (byte) 0xfe, 0});
        assertThatThrownBy(() -> IncarnationFile.read(dir)).hasMessageContaining(file.toString());
    }

    @Test
    void aDeletedFileNamesNone() throws IOException {
        IncarnationFile.write(dir, 1);
        IncarnationFile.delete(dir);
        IncarnationFile.delete(dir);
        assertThat(IncarnationFile.read(dir)).isEmpty();
    }
}
