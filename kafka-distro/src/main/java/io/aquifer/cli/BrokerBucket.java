package io.aquifer.cli;

import io.aquifer.config.S3Config;
import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreObserver;
import io.aquifer.object.S3ObjectStore;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;

/** The bucket that a broker's server.properties names. */
final class BrokerBucket {

    private final S3Config settings;

    private BrokerBucket(S3Config settings) {
        this.settings = settings;
    }

    /**
     * Reads the settings.
     *
     * @param superblock of the broker's WAL, which must be of the same cluster and node
     * @throws RefusedException if it isn't, or a setting is missing
     */
    static BrokerBucket of(Path serverProperties, Superblock superblock) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(serverProperties, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        String prefix = properties.getProperty(
                RemoteLogManagerConfig.REMOTE_STORAGE_MANAGER_CONFIG_PREFIX_PROP,
                RemoteLogManagerConfig.DEFAULT_REMOTE_STORAGE_MANAGER_CONFIG_PREFIX);
        Map<String, Object> settings = new HashMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(prefix)) {
                settings.put(name.substring(prefix.length()), properties.getProperty(name));
            }
        }
        try {
            S3Config s3 = S3Config.of(settings);
            requireSame(
                    serverProperties,
                    prefix + S3Config.CLUSTER_ID_CONFIG,
                    s3.getString(S3Config.CLUSTER_ID_CONFIG),
                    superblock.clusterId());
            String node = properties.getProperty("node.id", properties.getProperty("broker.id", ""));
            requireSame(serverProperties, "node.id", node.strip(), Integer.toString(superblock.nodeId()));
            return new BrokerBucket(s3);
        } catch (ConfigException e) {
            throw new RefusedException(
                    serverProperties + " doesn't say where the broker's bucket is: " + e.getMessage(), e);
        }
    }

    private static void requireSame(Path file, String name, String found, String expected) throws RefusedException {
        if (!found.equals(expected)) {
            throw new RefusedException(file + " has " + name + "=" + found + ", and the WAL was formatted for "
                    + expected + ". Check the paths.");
        }
    }

    ObjectStore open() {
        return S3ObjectStore.open(settings.store(), ObjectStoreObserver.NONE);
    }

    ClusterKeys keys() {
        return settings.keys();
    }
}
