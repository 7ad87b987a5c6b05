package io.aquifer.cli;

import io.aquifer.config.S3Config;
import io.aquifer.coverage.StoreWait;
import io.aquifer.format.ClusterKeys;
import io.aquifer.object.ObjectPage;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.ObjectStoreObserver;
import io.aquifer.object.S3ObjectStore;
import io.aquifer.object.StoredObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which bucket a command looks at: the one that a broker's settings name. */
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class BucketOptions {

    private static final String PREFIX_SETTING = "remote.log.storage.manager.impl.prefix";
    private static final String DEFAULT_PREFIX = "rsm.config.";

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description =
                    "The server.properties of any broker of the cluster. What reaches the bucket is read from its"
                            + " rsm.config.aquifer.* settings; credentials are found as by a broker, in the environment or elsewhere.")
    private Path config;

    /** A cluster's part of a bucket. */
    record Bucket(ObjectStore store, ClusterKeys keys) implements AutoCloseable {

        /** What is done with an object. */
        interface Visitor {
            void object(StoredObject object) throws IOException;
        }

        /** Lists all objects, in the order of their keys. */
        void forEach(Visitor visitor) throws IOException {
            @Nullable String after = null;
            do {
                ObjectPage page = StoreWait.untilDone(store.list(keys.root(), after, ObjectStore.MAX_PAGE));
                for (StoredObject object : page.objects()) {
                    visitor.object(object);
                }
                after = page.next().orElse(null);
            } while (after != null);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /**
     * Opens the bucket.
     *
     * @throws IOException if the file can't be read
     * @throws RefusedException if it doesn't name a bucket
     */
    Bucket open() throws IOException {
        Properties server = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(config, StandardCharsets.UTF_8)) {
            server.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException("The settings in " + config + " can't be read: " + e, e);
        }
        String prefix = server.getProperty(PREFIX_SETTING, DEFAULT_PREFIX);
        Map<String, Object> settings = new HashMap<>();
        for (String name : server.stringPropertyNames()) {
            if (name.startsWith(prefix)) {
                settings.put(name.substring(prefix.length()), server.getProperty(name));
            }
        }
        try {
            S3Config s3 = S3Config.of(settings);
            return new Bucket(S3ObjectStore.open(s3.store(), ObjectStoreObserver.NONE), s3.keys());
        } catch (ConfigException e) {
            throw new RefusedException(
                    config + " doesn't say which bucket it is, in settings that begin with " + prefix + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
