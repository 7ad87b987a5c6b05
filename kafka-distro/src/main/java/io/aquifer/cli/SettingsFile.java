package io.aquifer.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** A file of settings as Kafka has them: server.properties, or those of a client. */
final class SettingsFile {

    private SettingsFile() {}

    /** @throws RefusedException if it can't be read */
    static Properties read(Path file) throws RefusedException {
        Properties settings = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            settings.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException("The settings in " + file + " can't be read: " + e, e);
        }
        return settings;
    }
}
