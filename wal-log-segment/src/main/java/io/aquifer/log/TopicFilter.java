package io.aquifer.log;

import java.util.List;
import java.util.regex.Pattern;

/** Says by its name whether a topic may be shared. */
public final class TopicFilter {

    private final List<Pattern> patterns;

    /** @param patterns regular expressions, of which one has to match the whole name */
    public TopicFilter(List<String> patterns) {
        this.patterns = patterns.stream().map(Pattern::compile).toList();
    }

    public boolean matches(String topic) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(topic).matches());
    }
}
