package io.aquifer.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.CompositePieces;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.SimulatedCall;
import io.aquifer.object.SimulatedObjectStore;
import io.aquifer.wal.layout.LogId;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentDataTest {

    private static final ClusterKeys KEYS = ClusterKeys.of("", "cluster");
    private static final LogId ONE = new LogId(new UUID(1, 2), 0, 5);
    private static final LogId OTHER = new LogId(new UUID(1, 2), 1, 6);

    @TempDir
    Path folder;

    private final SimulatedObjectStore store = SimulatedObjectStore.eager();
    private final SegmentData data = new SegmentData(store, KEYS, new RebuildProgress(() -> 0));
    private final Map<WalObjectName, byte[]> objects = new HashMap<>();

    private WalObjectName object(int number, int length) {
        byte[] bytes = new byte[length];
        new Random(number).nextBytes(bytes);
        WalObjectName name = new WalObjectName(1, 1, number);
        objects.put(name, bytes);
        store.putIfAbsent(KEYS.walObject(name), ByteBuffer.wrap(bytes)).join();
        return name;
    }

    private CompositePiece piece(WalObjectName object, int position, int length) {
        CRC32C crc = new CRC32C();
        crc.update(objects.get(object), position, length);
        return new CompositePiece(object, position, length, position, position + length, (int) crc.getValue());
    }

    private byte[] bytes(List<CompositePiece> pieces) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pieces.forEach(piece -> bytes.write(objects.get(piece.object()), piece.position(), piece.length()));
        return bytes.toByteArray();
    }

    private File want(LogId log, List<CompositePiece> pieces) throws IOException {
        File file = Files.createTempFile(folder, "segment", ".log").toFile();
        data.want(log, new CompositePieces(pieces), file);
        return file;
    }

    @Test
    void filesOfManyLogsGetTheirPiecesWithOneRequestForWhatLiesCloseTogether() throws IOException {
        List<WalObjectName> names = List.of(object(0, 100_000), object(1, 100_000), object(2, 100_000));
        Map<File, byte[]> expected = new HashMap<>();
        for (int log = 0; log < 50; log++) {
            List<CompositePiece> pieces = new ArrayList<>();
            for (WalObjectName name : names) {
                pieces.add(piece(name, log * 2_000, 700));
                pieces.add(piece(name, log * 2_000 + 1_000, 900));
            }
            expected.put(want(new LogId(new UUID(1, 2), log, log), pieces), bytes(pieces));
        }
        Set<LogId> all = new HashSet<>();
        for (int log = 0; log < 50; log++) {
            all.add(new LogId(new UUID(1, 2), log, log));
        }

        assertThat(data.fetch(all, Runnable::run)).isEmpty();

        for (Map.Entry<File, byte[]> file : expected.entrySet()) {
            assertThat(Files.readAllBytes(file.getKey().toPath())).isEqualTo(file.getValue());
        }
        assertThat(store.calls().stream().filter(call -> call.kind() == SimulatedCall.Kind.GET))
                .hasSize(3);
    }

    @Test
    void moreThanFitsIntoMemoryAtOnceIsReadInPieces() throws IOException {
        WalObjectName name = object(0, 20 << 20);
        List<CompositePiece> pieces = new ArrayList<>();
        for (int position = 0; position < 20 << 20; position += 1 << 20) {
            pieces.add(piece(name, position, 1 << 20));
        }
        File file = want(ONE, pieces);

        assertThat(data.fetch(Set.of(ONE), Runnable::run)).isEmpty();

        assertThat(Files.readAllBytes(file.toPath())).isEqualTo(objects.get(name));
    }

    @Test
    void anObjectThatIsGoneIsToldOfTheLogsThatWantItAndOfNoOther() throws IOException {
        WalObjectName gone = object(0, 1_000);
        WalObjectName there = object(1, 1_000);
        want(ONE, List.of(piece(gone, 0, 10), piece(there, 0, 10)));
        File file = want(OTHER, List.of(piece(there, 10, 10)));
        store.delete(List.of(KEYS.walObject(gone))).join();

        Map<LogId, ObjectNotFoundException> failures = data.fetch(Set.of(ONE, OTHER), Runnable::run);

        assertThat(failures).containsOnlyKeys(ONE);
        assertThat(Files.readAllBytes(file.toPath())).isEqualTo(bytes(List.of(piece(there, 10, 10))));
    }

    @Test
    void whatIsOfALogThatIsNotStagedAnyMoreIsLeftAlone() throws IOException {
        WalObjectName name = object(0, 1_000);
        File taken = want(ONE, List.of(piece(name, 0, 10)));
        Files.delete(taken.toPath());
        want(OTHER, List.of(piece(name, 10, 10)));

        assertThat(data.fetch(Set.of(OTHER), Runnable::run)).isEmpty();
        assertThat(taken).doesNotExist();
    }

    @Test
    void damageIsAnErrorThatNamesTheObject() throws IOException {
        WalObjectName name = object(0, 1_000);
        CompositePiece right = piece(name, 0, 10);
        want(ONE, List.of(new CompositePiece(name, 0, 10, 0, 10, right.checksum() + 1)));

        assertThatThrownBy(() -> data.fetch(Set.of(ONE), Runnable::run))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(KEYS.walObject(name));
    }
}
