package io.aquifer.log;

import io.aquifer.config.S3Config;
import io.aquifer.format.ClusterKeys;
import io.aquifer.metrics.S3Metrics;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreSettings;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The bucket that the WAL goes to: the one that the broker's segments go to.
 *
 * @param store closed by whoever takes it
 * @param background opens the same bucket with connections and memory of its own, for one upload in parts at a time; told
 *     as which client its metrics show it
 */
record WalBucket(ObjectStore store, ClusterKeys keys, Function<String, ObjectStore> background) {

    /** The storage manager with which a broker's WAL goes to S3. With any other it stays on its device. */
    static final String STORAGE_MANAGER = "io.aquifer.remote.S3RemoteStorageManager";

    /**
     * The bucket that server.properties names for the storage manager, or null if segments don't go to S3.
     *
     * @throws ConfigException with one message that names the setting, what was found and what to write instead
     */
    static @Nullable WalBucket of(
            RemoteLogManagerConfig config, Map<String, Object> serverProperties, String clusterId) {
        if (!STORAGE_MANAGER.equals(config.remoteStorageManagerClassName())) {
            return null;
        }
        String prefix = config.remoteStorageManagerPrefix();
        S3Config s3 = S3Config.of(Utils.entriesWithPrefix(serverProperties, prefix));
        String named = s3.getString(S3Config.CLUSTER_ID_CONFIG);
        if (!named.equals(clusterId)) {
            throw new ConfigException(prefix + S3Config.CLUSTER_ID_CONFIG + "=" + named
                    + " isn't this broker's cluster, which is " + clusterId + ". Write that there.");
        }
        ObjectStoreSettings shared = s3.store();
        ObjectStoreSettings oneUpload = shared.withUploadMemoryBytes(shared.partBytes());
        return new WalBucket(
                S3Metrics.open(shared, S3Metrics.WAL), s3.keys(), client -> S3Metrics.open(oneUpload, client));
    }
}
