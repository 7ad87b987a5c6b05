package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.CompositePieces;
import io.aquifer.format.Composites;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.StoreWait;
import io.aquifer.wal.layout.LogId;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * The data of local segments that are rebuilt. The ends of many logs lie in the same few WAL objects, so what is wanted of an
 * object is read at once for all of them.
 */
final class SegmentData {

    /** How much of an object is in memory at once, in bytes, unless a single piece is longer. */
    private static final int WINDOW_BYTES = 8 << 20;

    private final Composites composites;
    private final RebuildProgress progress;
    private final Queue<Wanted> wanted = new ConcurrentLinkedQueue<>();

    private record Wanted(LogId log, CompositePiece piece, File file, long position) {}

    SegmentData(ObjectStore store, ClusterKeys keys, RebuildProgress progress) {
        this.composites = new Composites(store, keys);
        this.progress = progress;
    }

    /** Has {@code data} written to a file of a log, which exists, when it comes to be read. Any thread may call this. */
    void want(LogId log, CompositePieces data, File file) {
        long position = 0;
        for (CompositePiece piece : data.list()) {
            wanted.add(new Wanted(log, piece, file, position));
            position += piece.length();
        }
        progress.want(position);
    }

    /**
     * Reads and writes what is wanted.
     *
     * @param logs whose files are there
     * @param threads read several objects at once
     * @return logs of which an object is gone
     * @throws IOException if the store, an object or the disk fails
     */
    Map<LogId, ObjectNotFoundException> fetch(Set<LogId> logs, Executor threads) throws IOException {
        Map<WalObjectName, List<Wanted>> byObject = wanted.stream()
                .filter(each -> logs.contains(each.log()))
                .collect(Collectors.groupingBy(each -> each.piece().object()));
        Map<LogId, ObjectNotFoundException> gone = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> running = new ArrayList<>();
        for (List<Wanted> ofObject : byObject.values()) {
            running.add(CompletableFuture.runAsync(() -> fetch(ofObject, gone), threads));
        }
        StoreWait.untilDone(CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)));
        return gone;
    }

    private void fetch(List<Wanted> unordered, Map<LogId, ObjectNotFoundException> gone) {
        List<Wanted> ofObject = unordered.stream()
                .sorted(Comparator.comparingInt(each -> each.piece().position()))
                .toList();
        try {
            for (int first = 0; first < ofObject.size(); ) {
                int end = first + 1;
                long bytes = ofObject.get(first).piece().length();
                while (end < ofObject.size()
                        && bytes + ofObject.get(end).piece().length() <= WINDOW_BYTES) {
                    bytes += ofObject.get(end).piece().length();
                    end++;
                }
                copy(ofObject.subList(first, end), (int) bytes);
                first = end;
            }
        } catch (ObjectNotFoundException e) {
            ofObject.forEach(each -> gone.put(each.log(), e));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void copy(List<Wanted> window, int length) throws IOException {
        CompositePieces data =
                new CompositePieces(window.stream().map(Wanted::piece).toList());
        ByteBuffer bytes = ByteBuffer.allocate(length);
        StoreWait.untilDone(composites.read(data, 0, bytes, Runnable::run));
        for (Wanted each : window) {
            ByteBuffer piece = bytes.slice(bytes.position(), each.piece().length());
            bytes.position(bytes.position() + piece.limit());
            try (FileChannel file = FileChannel.open(each.file().toPath(), StandardOpenOption.WRITE)) {
                while (piece.hasRemaining()) {
                    file.write(piece, each.position() + piece.position());
                }
            }
        }
        progress.fetched(length);
    }
}
