package io.aquifer.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aquifer.bench.Comparison.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Comparison REACHED = new Comparison(
            "throughput",
            "stock",
            "MB/s",
            List.of(90.0, 100.0, 95.0),
            List.of(100.0, 100.0, 80.0),
            Target.atLeast(0.9));
    private static final Comparison MISSED =
            new Comparison("p99", "fio", "µs", List.of(30.0, 50.0), List.of(20.0, 20.0), Target.atMost(1.25));

    @TempDir
    Path folder;

    @Test
    void the_ratio_is_that_of_the_medians() {
        assertThat(REACHED.ratio()).isEqualTo(0.95);
        assertThat(MISSED.ratio()).isEqualTo(2.0);
    }

    @Test
    void a_target_is_a_lower_or_an_upper_bound() {
        assertThat(REACHED.isReached()).isTrue();
        assertThat(MISSED.isReached()).isFalse();
    }

    @Test
    void a_missed_target_is_reported_like_any_other() {
        assertThat(report().markdown().lines())
                .contains(
                        "| throughput | 95.0 MB/s (90.0 – 100) | stock: 100 MB/s (80.0 – 100) | 0.95 | ≥ 0.90 | yes |",
                        "| p99 | 40.0 µs (30.0 – 50.0) | fio: 20.0 µs (20.0 – 20.0) | 2.00 | ≤ 1.25 | no |");
    }

    @Test
    void every_round_is_kept_for_machines() throws IOException {
        report().write(folder.resolve("new"));

        JsonNode rows = new ObjectMapper()
                .readTree(folder.resolve("new/results.json").toFile())
                .path("comparisons");

        assertThat(rows).hasSize(2);
        assertThat(rows.path(0).path("aquifer")).hasSize(3);
        assertThat(rows.path(1).path("reached").asBoolean()).isFalse();
        assertThat(folder.resolve("new/results.md")).exists();
    }

    private static Report report() {
        return new Report(
                Machine.here(),
                Instant.EPOCH,
                new BenchPlan(3, Duration.ofSeconds(15), null),
                List.of(REACHED, MISSED));
    }
}
