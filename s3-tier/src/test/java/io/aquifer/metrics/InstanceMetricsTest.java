package io.aquifer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InstanceMetricsTest {

    private static final String METER = "type=Test,name=EventsPerSec,colour=red";
    private static final String HISTOGRAM = "type=Test,name=Sizes,colour=red,shape=round";

    private final List<InstanceMetrics> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(InstanceMetrics::close);
        assertThat(Jmx.names("Test")).isEmpty();
    }

    private InstanceMetrics instance(int known) {
        InstanceMetrics metrics = new InstanceMetrics("Test", Map.of("colour", "red"), "Known", () -> known);
        opened.add(metrics);
        return metrics;
    }

    @Test
    void metrics_are_seen_over_jmx_with_their_tags() {
        InstanceMetrics metrics = instance(7);
        metrics.gauge("Length", () -> 8L);
        metrics.meter("EventsPerSec", "events").mark(3);
        metrics.meter("EventsPerSec", "events", "shape", "round").mark(4);
        metrics.histogram("Sizes", "shape", "round").update(5);

        assertThat(Jmx.value("type=Test,name=Known,colour=red")).isEqualTo(7);
        assertThat(Jmx.value("type=Test,name=Length,colour=red")).isEqualTo(8);
        assertThat(Jmx.count(METER)).isEqualTo(3);
        assertThat(Jmx.count(METER + ",shape=round")).isEqualTo(4);
        assertThat(Jmx.mean(HISTOGRAM)).isEqualTo(5);
    }

    @Test
    void a_second_instance_neither_counts_into_the_first_nor_takes_its_metrics_away() {
        InstanceMetrics first = instance(1);
        first.meter("EventsPerSec", "events").mark(10);
        InstanceMetrics second = instance(2);
        second.meter("EventsPerSec", "events").mark(20);

        assertThat(Jmx.value("type=Test,name=Known,colour=red")).isEqualTo(1);
        assertThat(Jmx.value("type=Test,name=Known,colour=red,instance=2")).isEqualTo(2);
        assertThat(Jmx.count(METER)).isEqualTo(10);
        assertThat(Jmx.count(METER + ",instance=2")).isEqualTo(20);

        second.close();
        assertThat(Jmx.count(METER)).isEqualTo(10);
        assertThat(Jmx.names("Test")).noneMatch(name -> name.contains("instance"));
    }

    @Test
    void the_first_name_is_free_again_when_the_first_instance_is_closed() {
        InstanceMetrics first = instance(1);
        instance(2);

        first.close();
        instance(3);

        assertThat(Jmx.value("type=Test,name=Known,colour=red")).isEqualTo(3);
        assertThat(Jmx.value("type=Test,name=Known,colour=red,instance=2")).isEqualTo(2);
    }
}
