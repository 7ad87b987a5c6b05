package io.aquifer.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The read-ahead of all readers.
 *
 * <p>Kafka reads an object through a row of short streams, each of which goes on where the one before was closed. So the
 * read-ahead of a closed stream is parked for a while: the next stream finds it by its place. What nobody comes back for is
 * given up.
 */
final class ReadAheads {

    private static final int MOST_PARKED = 4096;

    private final Source source;
    private final MemoryLine line;
    private final int mostChunks;
    private final int sharedChunks;
    private final Set<ReadAhead> active = ConcurrentHashMap.newKeySet();
    private final Cache<ChunkId, ReadAhead> parked;
    private final AtomicInteger sequentialReaders = new AtomicInteger();
    private volatile boolean closed;

    /** Asks for a chunk that no reader has come to yet. */
    @FunctionalInterface
    interface Source {
        /** The chunk, held for the caller; null if this isn't the time to read ahead. */
        @Nullable
        Chunk fetch(CachedObject object, long index);
    }

    ReadAheads(ChunkCacheSettings settings, Source source, MemoryLine line) {
        this.source = source;
        this.line = line;
        this.mostChunks = settings.readAheadChunks();
        // the other half is for the chunks that readers are in, and for what is read again
        this.sharedChunks = settings.memoryChunks() / 2;
        this.parked = Caffeine.newBuilder()
                .maximumSize(MOST_PARKED)
                .expireAfterWrite(settings.readAheadIdle())
                .scheduler(Scheduler.systemScheduler())
                .executor(Runnable::run)
                .removalListener(ReadAheads::nobodyCameBack)
                .build();
    }

    /** The read-ahead for a stream that begins in chunk {@code index}: that of the stream it continues, or a new one. */
    ReadAhead begin(CachedObject object, long index) {
        ReadAhead found = unpark(object, index);
        found = found == null ? unpark(object, index - 1) : found;
        found = found == null ? unpark(object, index + 1) : found;
        ReadAhead begun = found == null ? new ReadAhead(object, this) : found;
        active.add(begun);
        return begun;
    }

    /** The stream is closed. */
    void end(ReadAhead readAhead) {
        ChunkId at = readAhead.at();
        if (at != null) {
            parked.put(at, readAhead);
        }
        active.remove(readAhead);
        if (closed) {
            close();
        }
    }

    /** Takes one chunk from read-ahead, from that of closed streams first. False if there is none to take. */
    boolean yieldOne() {
        return yieldOne(parked.asMap().values()) || yieldOne(active);
    }

    /** Gives up what is parked for an object. */
    void invalidate(String key) {
        dropParked(id -> id.key().equals(key));
    }

    /** Gives up everything. */
    void close() {
        closed = true;
        dropParked(id -> true);
        active.forEach(ReadAhead::drop);
    }

    /** Most chunks ahead of one reader now. */
    int share() {
        int readers = Math.max(1, sequentialReaders.get());
        return Math.min(mostChunks, Math.max(1, sharedChunks / readers));
    }

    @Nullable
    Chunk fetch(CachedObject object, long index) {
        return closed ? null : source.fetch(object, index);
    }

    /** A chunk is held that {@link #yieldOne} may take. */
    void mayBeTaken() {
        line.memoryMayBeFree();
    }

    void oneMoreReader() {
        sequentialReaders.incrementAndGet();
    }

    void oneReaderLess() {
        sequentialReaders.decrementAndGet();
    }

    private @Nullable ReadAhead unpark(CachedObject object, long index) {
        return parked.asMap().remove(new ChunkId(object.key(), index));
    }

    private void dropParked(Predicate<ChunkId> which) {
        for (ChunkId id : parked.asMap().keySet()) {
            if (which.test(id)) {
                ReadAhead readAhead = parked.asMap().remove(id);
                if (readAhead != null) {
                    readAhead.drop();
                }
            }
        }
    }

    private static boolean yieldOne(Iterable<ReadAhead> some) {
        for (ReadAhead readAhead : some) {
            if (readAhead.yieldFarthest()) {
                return true;
            }
        }
        return false;
    }

    private static void nobodyCameBack(@Nullable ChunkId at, @Nullable ReadAhead readAhead, RemovalCause cause) {
        if (readAhead != null && cause != RemovalCause.EXPLICIT) {
            readAhead.drop();
        }
    }
}
