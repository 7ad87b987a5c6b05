package io.aquifer.log;

import io.aquifer.rebuild.KafkaIds;
import io.aquifer.wal.WalOwner;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kafka.server.KafkaConfig;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;

/**
 * Who a broker is, as its log directories' meta.properties say.
 *
 * @param directories ids of the log directories that have one and can be read, without a directory that holds only the
 *     metadata log
 */
record BrokerIdentity(WalOwner owner, Map<File, UUID> directories) {

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
        Map<File, UUID> directories = new HashMap<>();
        for (String directory : config.logDirs()) {
            Optional.ofNullable(properties.logDirProps().get(directory))
                    .flatMap(MetaProperties::directoryId)
                    .ifPresent(id -> directories.put(new File(directory).getAbsoluteFile(), KafkaIds.toJava(id)));
        }
        return new BrokerIdentity(new WalOwner(clusterId, config.nodeId()), directories);
    }
}
