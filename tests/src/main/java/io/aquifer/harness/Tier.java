package io.aquifer.harness;

import io.aquifer.format.PartitionSnapshot;
import io.aquifer.object.EmbeddedS3;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.S3ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A bucket on an S3 server in this process, in which brokers keep the segments of their tiered topics. */
public final class Tier implements AutoCloseable {

    private static final String BUCKET = "tier";
    /** Names of the metadata's objects beside the segments don't begin with an offset. */
    private static final Pattern SEGMENT = Pattern.compile(".*/segment/([^/]+/[0-9]+/[0-9]{20})-[^/]+");

    /** What a broker keeps of its WAL, whatever becomes of the topics: WAL objects and terms of ownership. */
    private static final Pattern OF_A_WAL = Pattern.compile("[^/]+/(wal|takeover)/.*");

    private static final Map<String, String> CLASSES = Map.of(
            "remote.log.storage.manager.class.name", "io.aquifer.remote.S3RemoteStorageManager",
            "remote.log.metadata.manager.class.name", "io.aquifer.remote.S3RemoteLogMetadataManager");

    /** What the storage manager and the metadata manager have to know alike. */
    private static final List<String> MANAGERS = List.of("rsm.config.", "rlmm.config.");

    /** Kafka looks for what to copy, and what to delete locally, every 30 s and every 5 min by default. */
    private static final Map<String, String> SOON = Map.of(
            "remote.log.manager.task.interval.ms", "500",
            "log.retention.check.interval.ms", "500",
            "log.initial.task.delay.ms", "500");

    private final Path folder;
    private final Path bucket;
    private final int port;
    private EmbeddedS3 server;

    private Tier(Path folder, EmbeddedS3 server) {
        this.folder = folder;
        this.port = server.endpoint().getPort();
        this.bucket = folder.resolve(BUCKET);
        this.server = server;
    }

    /** Starts a server that keeps its objects in {@code folder}. */
    public static Tier start(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new Tier(folder, server(folder, 0).withBucket(BUCKET));
    }

    private static EmbeddedS3 server(Path folder, int port) throws IOException {
        try {
            return EmbeddedS3.start(folder, port);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("No S3 server could be started in " + folder, e);
        }
    }

    /** The server goes away. */
    public void stop() throws IOException {
        server.close();
    }

    /** The server that went away is there again. */
    public void resume() throws IOException {
        server = server(folder, port);
    }

    /** A store over the bucket. */
    public ObjectStore store() {
        return S3ObjectStore.open(server.settings(BUCKET).build(), EmbeddedS3.credentials());
    }

    /** Makes the brokers of {@code cluster} keep segments here from their next start on. */
    public void useIn(Cluster cluster) {
        for (BrokerProcess broker : cluster.brokers()) {
            BrokerConfig config = broker.config();
            Map<String, String> settings = new LinkedHashMap<>(CLASSES);
            settings.putAll(SOON);
            for (String manager : MANAGERS) {
                settings.put(manager + "aquifer.s3.bucket", BUCKET);
                settings.put(manager + "aquifer.s3.path.style", "true");
                settings.put(manager + "aquifer.s3.endpoint", server.endpoint().toString());
                settings.put(manager + "aquifer.cluster.id", cluster.id());
            }
            settings.put("rsm.config.aquifer.s3.cache.bytes", Long.toString(128L << 20));
            settings.put(
                    "rsm.config.aquifer.deletions.path",
                    config.home().resolve("deletions").toString());
            broker.reconfigure(config.with(settings));
            broker.setEnvironment(EmbeddedS3.environment());
        }
    }

    /** Number of segment objects. */
    public int segments() throws IOException {
        return segmentFiles().size();
    }

    /** Size of all segment objects together. */
    public long bytes() throws IOException {
        long bytes = 0;
        for (Path object : segmentFiles()) {
            bytes += Files.size(object);
        }
        return bytes;
    }

    /** Keys of all objects but those that brokers keep of their WALs. */
    public List<String> keys() throws IOException {
        return objects().stream()
                .map(this::key)
                .filter(key -> !OF_A_WAL.matcher(key).matches())
                .sorted()
                .toList();
    }

    /** What each segment object holds: its topic's id, partition and base offset. More than one may hold the same. */
    public List<String> segmentPlaces() throws IOException {
        List<String> places = new ArrayList<>();
        for (String key : keys()) {
            Matcher segment = SEGMENT.matcher(key);
            if (segment.matches()) {
                places.add(segment.group(1));
            }
        }
        return places;
    }

    /** The newest metadata of a partition of the only topic that there is. */
    public PartitionSnapshot metadata(int partition) throws IOException {
        String newest = keys().stream()
                .filter(key -> key.contains("/" + partition + "/-snapshot-"))
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new IllegalStateException("No metadata of partition " + partition + " in " + this));
        return PartitionSnapshot.readFrom(ByteBuffer.wrap(Files.readAllBytes(bucket.resolve(newest))), newest);
    }

    private List<Path> segmentFiles() throws IOException {
        return objects().stream()
                .filter(file -> SEGMENT.matcher(key(file)).matches())
                .toList();
    }

    private List<Path> objects() throws IOException {
        try (Stream<Path> all = Files.walk(bucket)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private String key(Path file) {
        return bucket.relativize(file).toString();
    }

    @Override
    public String toString() {
        return "bucket " + BUCKET + " at " + server.endpoint();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
