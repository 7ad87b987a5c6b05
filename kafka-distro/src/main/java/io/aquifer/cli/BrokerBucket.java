package io.aquifer.cli;

import io.aquifer.config.S3Config;
import io.aquifer.format.ClusterKeys;
import io.aquifer.object.Listing;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreObserver;
import io.aquifer.object.S3ObjectStore;
import io.aquifer.wal.layout.Superblock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;

/** A cluster's part of the bucket that a broker's server.properties names. */
record BrokerBucket(ObjectStore store, ClusterKeys keys) implements AutoCloseable {

    /**
     * Opens the bucket for a command that looks at a cluster as a whole.
     *
     * @throws RefusedException if the file can't be read, or doesn't name a bucket
     */
    static BrokerBucket open(Path serverProperties) throws RefusedException {
        Properties server = SettingsFile.read(serverProperties);
        return open(settings(
                serverProperties, server, "which bucket it is, in settings that begin with " + prefix(server)));
    }

    /**
     * Opens the bucket of the broker that a WAL is of.
     *
     * @throws RefusedException as above, or if the settings are those of another cluster or node
     */
    static BrokerBucket open(Path serverProperties, Superblock superblock) throws RefusedException {
        Properties server = SettingsFile.read(serverProperties);
        S3Config s3 = settings(serverProperties, server, "where the broker's bucket is");
        requireSame(
                serverProperties,
                prefix(server) + S3Config.CLUSTER_ID_CONFIG,
                s3.getString(S3Config.CLUSTER_ID_CONFIG),
                superblock.clusterId());
        requireSame(serverProperties, "node.id", node(server), Integer.toString(superblock.nodeId()));
        return open(s3);
    }

    /**
     * The node id of the broker whose settings these are.
     *
     * @throws RefusedException if the file can't be read, or names none
     */
    static int nodeId(Path serverProperties) throws RefusedException {
        String node = node(SettingsFile.read(serverProperties));
        try {
            return Integer.parseInt(node);
        } catch (NumberFormatException e) {
            throw new RefusedException(serverProperties + " has node.id=" + node + ", which is no node id.", e);
        }
    }

    private static String node(Properties server) {
        return server.getProperty("node.id", server.getProperty("broker.id", ""))
                .strip();
    }

    private static void requireSame(Path file, String name, String found, String expected) throws RefusedException {
        if (!found.equals(expected)) {
            throw new RefusedException(file + " has " + name + "=" + found + ", and the WAL was formatted for "
                    + expected + ". Check the paths.");
        }
    }

    private static String prefix(Properties server) {
        return server.getProperty(
                RemoteLogManagerConfig.REMOTE_STORAGE_MANAGER_CONFIG_PREFIX_PROP,
                RemoteLogManagerConfig.DEFAULT_REMOTE_STORAGE_MANAGER_CONFIG_PREFIX);
    }

    private static S3Config settings(Path file, Properties server, String what) throws RefusedException {
        try {
            return S3Config.of(Utils.entriesWithPrefix(Utils.propsToStringMap(server), prefix(server)));
        } catch (ConfigException e) {
            throw new RefusedException(file + " doesn't say " + what + ": " + e.getMessage(), e);
        }
    }

    private static BrokerBucket open(S3Config s3) {
        return new BrokerBucket(S3ObjectStore.open(s3.store(), ObjectStoreObserver.NONE), s3.keys());
    }

    /** Goes through all objects, in the order of their keys. */
    void forEach(Listing.Visitor visitor) throws IOException {
        Listing.forEach(store, keys.root(), visitor);
    }

    @Override
    public void close() {
        store.close();
    }
}
