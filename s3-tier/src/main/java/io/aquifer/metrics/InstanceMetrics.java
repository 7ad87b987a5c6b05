package io.aquifer.metrics;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import com.yammer.metrics.core.MetricName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;

/**
 * The metrics of one instance of something, through Kafka's own metrics classes: JMX domain {@code io.aquifer}.
 *
 * <p>Where there is another instance in the same JVM already, those of the second one have the tag {@code instance=2}, and so
 * on: neither counts into the other's, and neither takes the other's away when it is closed.
 */
public final class InstanceMetrics implements AutoCloseable {

    private final KafkaMetricsGroup group;
    private final Map<String, String> tags;
    private final List<MetricName> names = new ArrayList<>();

    /**
     * Metrics with {@code tags}, of which one is there from the beginning: the gauge that an instance is known by.
     *
     * @param type of the JMX object names
     */
    public InstanceMetrics(String type, Map<String, String> tags, String gauge, Supplier<? extends Number> value) {
        this.group = new KafkaMetricsGroup("io.aquifer", type);
        this.tags = claim(tags, gauge, value);
    }

    private Map<String, String> claim(Map<String, String> wanted, String gauge, Supplier<? extends Number> value) {
        Gauge<Number> mine = new Gauge<>() {
            @Override
            public Number value() {
                return value.get();
            }
        };
        Map<String, String> tried = new LinkedHashMap<>(wanted);
        for (int instance = 2; ; instance++) {
            MetricName name = group.metricName(gauge, tried);
            if (KafkaYammerMetrics.defaultRegistry().newGauge(name, mine) == mine) {
                names.add(name);
                return tried;
            }
            tried.put("instance", Integer.toString(instance));
        }
    }

    /** What {@code value} says whenever it is asked. */
    public void gauge(String name, Supplier<? extends Number> value) {
        group.newGauge(named(name, tags), value);
    }

    /** A distribution, of newer values rather than of older ones. */
    public Histogram histogram(String name) {
        return histogram(name, tags);
    }

    /** One that differs from others of its name by a tag more. */
    public Histogram histogram(String name, String tag, String value) {
        return histogram(name, tagged(tag, value));
    }

    private Histogram histogram(String name, Map<String, String> withTags) {
        MetricName unused = named(name, withTags);
        return group.newHistogram(name, true, withTags);
    }

    /** A count and its rates. */
    public Meter meter(String name, String event) {
        return group.newMeter(named(name, tags), event, TimeUnit.SECONDS);
    }

    /** One that differs from others of its name by a tag more. */
    public Meter meter(String name, String event, String tag, String value) {
        return group.newMeter(named(name, tagged(tag, value)), event, TimeUnit.SECONDS);
    }

    private Map<String, String> tagged(String tag, String value) {
        Map<String, String> more = new LinkedHashMap<>(tags);
        more.put(tag, value);
        return more;
    }

    private MetricName named(String name, Map<String, String> withTags) {
        MetricName full = group.metricName(name, withTags);
        names.add(full);
        return full;
    }

    @Override
    public void close() {
        names.forEach(group::removeMetric);
    }
}
