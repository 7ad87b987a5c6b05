package io.aquifer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.wal.layout.LogId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a WAL's owner does while the WAL is listed is neither hidden nor taken for damage. */
class DumpWhileWrittenTest {

    private static final LogId LOG = new LogId(new UUID(5, 6), 0, 1);

    @TempDir(factory = OnDisk.class)
    Path directory;

    private Path file;

    @BeforeEach
    void format() throws IOException {
        file = SampleWal.format(directory.resolve("wal"));
    }

    @Test
    void beingOvertakenByTheOwnerIsSaid() throws Exception {
        List<DumpLine> lines = new ArrayList<>();
        try (SampleWal owner = SampleWal.open(file);
                WalOnDevice wal = WalOnDevice.open(file)) {
            for (int offset = 1; offset <= 8; offset++) {
                owner.data(LOG, offset, offset, 1_000_000);
            }
            Dump.run(wal, new DumpFilter(0, Long.MAX_VALUE, true, null, null), line -> {
                if (lines.isEmpty()) {
                    overwriteAll(owner);
                }
                lines.add(line);
            });
        }
        DumpLine.EndLine end = (DumpLine.EndLine) lines.get(lines.size() - 1);
        assertThat(end.complete()).isFalse();
        assertThat(end.damaged()).isFalse();
        assertThat(end.reason()).contains("faster than the reading");
    }

    @Test
    void whatTheOwnerWroteMeanwhileIsNotTakenForDamage() throws Exception {
        List<DumpLine> lines = new ArrayList<>();
        try (SampleWal owner = SampleWal.open(file);
                WalOnDevice wal = WalOnDevice.open(file)) {
            owner.data(LOG, 1, 1, 1_950_000).data(LOG, 2, 2, 1_950_000);
            Dump.run(wal, new DumpFilter(0, Long.MAX_VALUE, true, null, null), line -> {
                if (lines.isEmpty()) {
                    append(owner, 3, 8);
                }
                lines.add(line);
            });
        }
        DumpLine.EndLine end = (DumpLine.EndLine) lines.get(lines.size() - 1);
        assertThat(end.damaged()).isFalse();
        assertThat(end.complete()).isFalse();
        assertThat(end.reason()).contains("faster than the reading");
    }

    private static void overwriteAll(SampleWal owner) throws IOException {
        for (int offset = 100; offset < 120; offset++) {
            owner.trimAll(false);
            append(owner, offset, offset);
        }
    }

    private static void append(SampleWal owner, int first, int last) throws IOException {
        try {
            for (int offset = first; offset <= last; offset++) {
                owner.data(LOG, offset, offset, 1_000_000);
            }
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
