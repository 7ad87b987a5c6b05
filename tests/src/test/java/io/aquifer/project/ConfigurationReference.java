package io.aquifer.project;

import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** The reference of all settings, as Markdown, in the order in which they are defined. */
final class ConfigurationReference {

    private static final String INTRODUCTION = """
            # Settings

            Aquifer's settings stand in server.properties, beside Kafka's. This file is made from their definitions.
            """;

    private final ConfigDef definition;

    ConfigurationReference(ConfigDef definition) {
        this.definition = definition;
    }

    String markdown() {
        return definition.configKeys().values().stream()
                .filter(setting -> !setting.internalConfig)
                .map(ConfigurationReference::entry)
                .collect(Collectors.joining("\n", INTRODUCTION + "\n", ""));
    }

    private static String entry(ConfigKey setting) {
        StringBuilder entry = new StringBuilder("## `" + setting.name + "`\n\n" + setting.documentation + "\n\n");
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
