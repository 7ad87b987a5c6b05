package io.aquifer.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of a composite segment, byte for byte. The file was not written by the code that it holds: it follows
 * the tables in the Javadoc. It never changes; a new version gets a file of its own.
 */
class CompositeGoldenBytesTest {

    @Test
    void the_object_is_written_as_in_version_1() throws IOException {
        assertThat(HexFormat.of().formatHex(CompositeFixtures.object()))
                .isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void an_object_of_version_1_is_read() throws IOException {
        SimulatedObjectStore store = SimulatedObjectStore.eager();
        store.bucket().create(CompositeFixtures.KEY, golden(), Instant.EPOCH);

        CompositeIndex index = new Composites(store, Segments.KEYS)
                .open(CompositeFixtures.INFO.name(), Optional.empty())
                .join();

        assertThat(index.info()).isEqualTo(CompositeFixtures.INFO);
        assertThat(index.pieces()).isEqualTo(CompositeFixtures.PIECES);
        assertThat(index.parts().length(SegmentPart.TRANSACTION_INDEX)).isEqualTo(7);
    }

    private static byte[] golden() throws IOException {
        try (InputStream file = CompositeGoldenBytesTest.class.getResourceAsStream("/golden/composite-v1.hex")) {
            String hex = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replace("\n", ""));
        }
    }
}
