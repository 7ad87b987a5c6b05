package io.aquifer.kafkatests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/** The place in a bucket that the storage managers of one test share, what they ought to keep there, and what went wrong. */
final class TierOfTest {

    static final String BUCKET = "tier";

    private static final int SEGMENT_ID_LENGTH = 22;

    private final URI endpoint;
    private final Path buckets;
    private final Path journals;
    private final String prefix;
    private final Set<Integer> brokers = ConcurrentHashMap.newKeySet();
    private final Set<String> kept = ConcurrentHashMap.newKeySet();
    /** Segments of a copy or of a deletion that hasn't ended, or that failed. */
    private final Set<String> uncertain = ConcurrentHashMap.newKeySet();

    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private final LongAdder copies = new LongAdder();
    private final LongAdder reads = new LongAdder();

    /**
     * @param endpoint of an S3 server in this process
     * @param buckets the folder of its buckets
     * @param journals the folder of journals of deletions
     * @param prefix of the test's keys, which no other test has
     */
    TierOfTest(URI endpoint, Path buckets, Path journals, String prefix) {
        this.endpoint = endpoint;
        this.buckets = buckets;
        this.journals = journals;
        this.prefix = prefix;
    }

    /** The settings of a broker's storage manager. */
    Map<String, Object> settings(int broker) {
        brokers.add(broker);
        return Map.of(
                "broker.id",
                broker,
                "aquifer.cluster.id",
                "kafka-tests",
                "aquifer.deletions.path",
                journals.resolve(prefix + "-" + broker).toString(),
                "aquifer.s3.bucket",
                BUCKET,
                "aquifer.s3.prefix",
                prefix,
                "aquifer.s3.endpoint",
                endpoint.toString(),
                "aquifer.s3.path.style",
                true,
                "aquifer.s3.cache.bytes",
                32 << 20,
                "aquifer.s3.cache.chunk.bytes",
                1 << 20,
                "aquifer.s3.cache.read.ahead.bytes",
                4 << 20);
    }

    /** Those brokers that had settings. */
    Set<Integer> brokers() {
        return new HashSet<>(brokers);
    }

    void copying(Uuid segment) {
        uncertain.add(segment.toString());
    }

    void copied(Uuid segment) {
        kept.add(segment.toString());
        uncertain.remove(segment.toString());
        copies.increment();
    }

    void deleting(Uuid segment) {
        uncertain.add(segment.toString());
        kept.remove(segment.toString());
    }

    void deleted(Uuid segment) {
        uncertain.remove(segment.toString());
    }

    /** Whether it was copied, and no deletion has begun. */
    boolean keeps(Uuid segment) {
        return kept.contains(segment.toString());
    }

    void read() {
        reads.increment();
    }

    long copies() {
        return copies.sum();
    }

    long reads() {
        return reads.sum();
    }

    /** Notes what a storage manager should not have done. */
    void trouble(String what) {
        troubles.add(what);
    }

    List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** Whether the bucket holds what it ought to. */
    boolean isAsExpected() {
        Set<String> stored = stored();
        Set<String> possible = new HashSet<>(kept);
        possible.addAll(uncertain);
        return stored.containsAll(kept) && possible.containsAll(stored);
    }

    private Set<String> stored() {
        Path segments = buckets.resolve(BUCKET).resolve(prefix).resolve("kafka-tests/segment");
        if (!Files.exists(segments)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.find(segments, 3, (file, attributes) -> attributes.isRegularFile())) {
            return files.map(file -> file.getFileName().toString())
                    .map(name -> name.substring(name.length() - SEGMENT_ID_LENGTH))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException("The server's folder can't be listed", e);
        }
    }

    @Override
    public String toString() {
        return "the bucket holds " + stored() + ", copied and not deleted were " + kept + ", uncertain are "
                + uncertain;
    }
}
