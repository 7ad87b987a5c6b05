package io.aquifer.seam;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.CodeSource;
import java.util.Collections;
import java.util.List;
import java.util.Properties;

/**
 * The classes of Kafka that the Aquifer JAR holds in woven form, as its build listed them.
 *
 * @param home the JAR, or the folder that stands for it in a build, as a URL
 * @param kafkaVersion the only version of Kafka that they work with
 * @param names binary names
 */
public record WovenClasses(String home, String kafkaVersion, List<String> names) {

    /** Where the build lists them. */
    static final String RESOURCE = "META-INF/aquifer/woven-classes.properties";

    /**
     * Finds the list on a class path.
     *
     * @throws ClassPathException if there is none, or more than one
     */
    public static WovenClasses on(ClassLoader classPath) {
        try {
            List<URL> lists = Collections.list(classPath.getResources(RESOURCE));
            if (lists.isEmpty()) {
                throw new ClassPathException("No Aquifer JAR on the class path holds " + RESOURCE
                        + ": put the complete aquifer-kafka JAR, not a part of it, beside Kafka's jars");
            }
            if (lists.size() > 1) {
                throw new ClassPathException("There are several Aquifer JARs on the class path: " + lists
                        + ". Remove all but the one to be used");
            }
            return read(lists.get(0));
        } catch (IOException e) {
            throw new ClassPathException("Could not read " + RESOURCE + " from the Aquifer JAR: is it damaged?", e);
        }
    }

    private static WovenClasses read(URL list) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = list.openStream()) {
            properties.load(in);
        }
        return new WovenClasses(
                home(list.toString()),
                properties.getProperty("kafka.version", ""),
                List.of(properties.getProperty("classes", "").split(",")));
    }

    private static String home(String list) {
        return list.startsWith("jar:")
                ? list.substring("jar:".length(), list.lastIndexOf("!/"))
                : list.substring(0, list.length() - RESOURCE.length());
    }

    /**
     * Makes sure that the process runs the woven classes, with the Kafka that they are for.
     *
     * @param classPath loads Kafka's classes
     * @param runningVersion version of the Kafka jars on the class path
     * @throws ClassPathException if another class would run in the place of a woven one, or the versions differ
     */
    public void verify(ClassLoader classPath, String runningVersion) {
        if (!runningVersion.equals(kafkaVersion)) {
            throw new ClassPathException("Kafka here is " + runningVersion + ", but " + home + " is for Kafka "
                    + kafkaVersion + " and no other: replace it with the Aquifer JAR whose name has kafka_"
                    + runningVersion);
        }
        for (String name : names) {
            String origin = origin(name, classPath);
            if (!origin.equals(home)) {
                throw new ClassPathException("The class " + name + " was loaded from " + origin + ", expected from "
                        + home + ": put the Aquifer JAR into the folder of Kafka's jars under a name that sorts before"
                        + " them, as its original name does, and list it nowhere else");
            }
        }
    }

    private static String origin(String name, ClassLoader classPath) {
        try {
            CodeSource source =
                    Class.forName(name, false, classPath).getProtectionDomain().getCodeSource();
            return source == null ? "an unknown place" : String.valueOf(source.getLocation());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ClassPathException("The class " + name + " can't be loaded from the class path", e);
        }
    }
}
