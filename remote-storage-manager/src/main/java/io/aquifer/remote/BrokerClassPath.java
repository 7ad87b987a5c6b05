package io.aquifer.remote;

import java.net.URL;
import java.security.CodeSource;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageManager;

/**
 * Makes sure, from within a plug-in, that the broker runs the classes of the Aquifer JAR and not Kafka's own.
 *
 * <p>The woven classes check this too, but where the JAR comes after Kafka's they don't run: then a plug-in is the only
 * code of the JAR that does. It is asked before the broker opens a log.
 */
final class BrokerClassPath {

    private static final String WOVEN_LIST = "META-INF/aquifer/woven-classes.properties";

    /** The first woven class that a broker runs. */
    private static final String WOVEN_CLASS = "kafka.log.LogManager$";

    private final ClassLoader kafka;
    private final ClassLoader plugin;

    /**
     * @param kafka what loaded Kafka's classes
     * @param plugin what loaded the plug-in
     */
    BrokerClassPath(ClassLoader kafka, ClassLoader plugin) {
        this.kafka = kafka;
        this.plugin = plugin;
    }

    /** The class path of this process, as seen by a plug-in in this JAR. */
    static BrokerClassPath ofThisProcess() {
        return new BrokerClassPath(RemoteStorageManager.class.getClassLoader(), BrokerClassPath.class.getClassLoader());
    }

    /**
     * Refuses to let the broker start without the woven classes.
     *
     * @throws KafkaException if it would run Kafka's own
     */
    void requireWovenClasses() {
        if (kafka != plugin) {
            throw new KafkaException("Aquifer's remote storage classes were loaded apart from Kafka's: remove"
                    + " remote.log.storage.manager.class.path and remote.log.metadata.manager.class.path from"
                    + " server.properties, and put the Aquifer JAR into the folder of Kafka's jars");
        }
        URL list = kafka.getResource(WOVEN_LIST);
        if (list == null) {
            throw new KafkaException("The Aquifer JAR on the class path is not complete: it lacks " + WOVEN_LIST
                    + ". Put the aquifer-kafka JAR as it was built into the folder of Kafka's jars");
        }
        String origin = origin();
        if (!list.toString().equals(inside(origin))) {
            throw new KafkaException("The broker runs Kafka's own " + WOVEN_CLASS + " from " + origin
                    + " instead of the one that comes with " + list + ": the Aquifer JAR is after Kafka's jars on the"
                    + " class path. Rename it so that its name sorts before theirs, as its original name"
                    + " aquifer-kafka_... does, and restart");
        }
    }

    private static String inside(String home) {
        return home.endsWith("/") ? home + WOVEN_LIST : "jar:" + home + "!/" + WOVEN_LIST;
    }

    private String origin() {
        try {
            CodeSource source = Class.forName(WOVEN_CLASS, false, kafka)
                    .getProtectionDomain()
                    .getCodeSource();
            return Objects.toString(source == null ? null : source.getLocation(), "an unknown place");
        } catch (ClassNotFoundException | LinkageError e) {
            throw new KafkaException(
                    "The broker's class " + WOVEN_CLASS + " can't be loaded: the class path needs all"
                            + " of Kafka's jars and, before them, the Aquifer JAR for that version of Kafka",
                    e);
        }
    }
}
