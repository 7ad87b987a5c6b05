package io.aquifer.harness;

import io.aquifer.object.EmbeddedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** A bucket on an S3 server in this process, in which brokers keep the segments of their tiered topics. */
public final class Tier implements AutoCloseable {

    private static final String BUCKET = "tier";
    private static final Map<String, String> IN_S3 = Map.of(
            "remote.log.storage.manager.class.name",
            "io.aquifer.remote.S3RemoteStorageManager",
            "remote.log.metadata.manager.class.name",
            "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
            "remote.log.metadata.manager.listener.name",
            "PLAINTEXT",
            "rlmm.config.remote.log.metadata.topic.replication.factor",
            "1",
            "rlmm.config.remote.log.metadata.topic.min.isr",
            "1",
            "rlmm.config.remote.log.metadata.topic.num.partitions",
            "2",
            "rsm.config.aquifer.s3.bucket",
            BUCKET,
            "rsm.config.aquifer.s3.path.style",
            "true",
            "rsm.config.aquifer.s3.cache.bytes",
            Long.toString(128L << 20));

    /** Kafka looks for what to copy, and what to delete locally, every 30 s and every 5 min by default. */
    private static final Map<String, String> SOON = Map.of(
            "remote.log.manager.task.interval.ms", "500",
            "log.retention.check.interval.ms", "500",
            "log.initial.task.delay.ms", "500");

    private final Path bucket;
    private final EmbeddedS3 server;

    private Tier(Path bucket, EmbeddedS3 server) {
        this.bucket = bucket;
        this.server = server;
    }

    /** Starts a server that keeps its objects in {@code folder}. */
    public static Tier start(Path folder) throws IOException {
        Files.createDirectories(folder);
        try {
            EmbeddedS3 server = EmbeddedS3.start(folder);
            return new Tier(folder.resolve(BUCKET), server.withBucket(BUCKET));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("No S3 server could be started in " + folder, e);
        }
    }

    /** Makes the brokers of {@code cluster} keep segments here from their next start on. */
    public void useIn(Cluster cluster) {
        AwsCredentials credentials = EmbeddedS3.credentials().resolveCredentials();
        for (BrokerProcess broker : cluster.brokers()) {
            BrokerConfig config = broker.config();
            Map<String, String> settings = new LinkedHashMap<>(IN_S3);
            settings.putAll(SOON);
            settings.put("rsm.config.aquifer.s3.endpoint", server.endpoint().toString());
            settings.put("rsm.config.aquifer.cluster.id", cluster.id());
            settings.put(
                    "rsm.config.aquifer.deletions.path",
                    config.home().resolve("deletions").toString());
            broker.reconfigure(config.with(settings));
            broker.setEnvironment(Map.of(
                    "AWS_ACCESS_KEY_ID",
                    credentials.accessKeyId(),
                    "AWS_SECRET_ACCESS_KEY",
                    credentials.secretAccessKey()));
        }
    }

    /** Number of segment objects. */
    public int segments() throws IOException {
        return objects().size();
    }

    /** Size of all segment objects together. */
    public long bytes() throws IOException {
        long bytes = 0;
        for (Path object : objects()) {
            bytes += Files.size(object);
        }
        return bytes;
    }

    private List<Path> objects() throws IOException {
        try (Stream<Path> all = Files.walk(bucket)) {
            return all.filter(file -> Files.isRegularFile(file)
                            && bucket.relativize(file).toString().contains("/segment/"))
                    .toList();
        }
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
