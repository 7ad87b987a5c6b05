package io.aquifer.project;

import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** The reference of all settings, as Markdown, each definition's in the order in which they are defined. */
final class ConfigurationReference {

    private static final String INTRODUCTION = """
            # Settings

            Aquifer's settings stand in server.properties, beside Kafka's. This file is made from their definitions.

            - [The WAL and shared topics](#the-wal-and-shared-topics): names as they are.
            - [S3](#s3): names with the prefix by which Kafka hands them to its plug-ins, `rsm.config.` for
              `io.aquifer.remote.S3RemoteStorageManager` and `rlmm.config.` for `io.aquifer.remote.S3RemoteLogMetadataManager`.
              The two have nothing of each other's: where both are used, what is below under both prefixes is set twice.
            """;

    private static final String STORAGE_PREFIX = "rsm.config.";
    private static final String METADATA_PREFIX = "rlmm.config.";

    private final ConfigDef wal;
    private final ConfigDef storage;
    private final Set<String> metadata;

    /** @param metadata those of the storage manager's settings that are the metadata manager's, too */
    ConfigurationReference(ConfigDef wal, ConfigDef storage, Set<String> metadata) {
        this.wal = wal;
        this.storage = storage;
        this.metadata = metadata;
    }

    String markdown() {
        return INTRODUCTION
                + section("The WAL and shared topics", wal, setting -> "`" + setting.name + "`")
                + section("S3", storage, this::prefixed);
    }

    private String prefixed(ConfigKey setting) {
        String name = "`" + STORAGE_PREFIX + setting.name + "`";
        return metadata.contains(setting.name) ? name + ", `" + METADATA_PREFIX + setting.name + "`" : name;
    }

    private static String section(String title, ConfigDef definition, Function<ConfigKey, String> heading) {
        return definition.configKeys().values().stream()
                .filter(setting -> !setting.internalConfig)
                .map(setting -> "### " + heading.apply(setting) + "\n\n" + entry(setting))
                .collect(Collectors.joining("\n", "\n## " + title + "\n\n", ""));
    }

    private static String entry(ConfigKey setting) {
        StringBuilder entry = new StringBuilder(setting.documentation + "\n\n");
        entry.append("- Type: ").append(lowerCase(setting.type)).append('\n');
        entry.append("- Default: ").append(defaultOf(setting)).append('\n');
        if (isDescribed(setting.validator)) {
            entry.append("- Valid: ").append(setting.validator).append('\n');
        }
        return entry.append("- Importance: ")
                .append(lowerCase(setting.importance))
                .append('\n')
                .toString();
    }

    private static String defaultOf(ConfigKey setting) {
        if (!setting.hasDefault()) {
            return "none, it has to be set";
        }
        String value = ConfigDef.convertToString(setting.defaultValue, setting.type);
        return value == null ? "none" : "`" + value + "`";
    }

    /** Kafka's own validators say in words what they accept. */
    private static boolean isDescribed(ConfigDef.Validator validator) {
        return validator instanceof Range || validator instanceof ValidString || validator instanceof NonEmptyString;
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
