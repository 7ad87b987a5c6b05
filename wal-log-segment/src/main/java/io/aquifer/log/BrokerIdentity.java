package io.aquifer.log;

import io.aquifer.wal.WalOwner;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;

/**
 * Who a broker is, as its log directories' meta.properties say.
 *
 * @param directoryIds of the log directories that have one, without a directory that holds only the metadata log
 */
record BrokerIdentity(WalOwner owner, List<UUID> directoryIds) {

    /** @throws IOException if no log directory says to which cluster it belongs */
    static BrokerIdentity of(KafkaConfig config) throws IOException {
        MetaPropertiesEnsemble properties = new MetaPropertiesEnsemble.Loader()
                .addLogDirs(config.logDirs())
                .addMetadataLogDir(config.metadataLogDir())
                .load();
        String clusterId = properties
                .clusterId()
                .orElseThrow(() -> new IOException("No meta.properties in " + config.logDirs() + " and "
                        + config.metadataLogDir() + " names the cluster: format the storage with kafka-storage.sh"));
        List<UUID> directories = config.logDirs().stream()
                .flatMap(directory ->
                        Optional.ofNullable(properties.logDirProps().get(directory)).stream())
                .flatMap(directory -> directory.directoryId().stream())
                .map(BrokerIdentity::uuid)
                .sorted()
                .toList();
        return new BrokerIdentity(new WalOwner(clusterId, config.nodeId()), directories);
    }

    /** Kafka's id in Java's type. */
    static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
