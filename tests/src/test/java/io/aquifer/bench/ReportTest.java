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
import java.util.Optional;
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

    private static final Figure FIGURE =
            new Figure("GETs per GiB", "GETs", List.of(128.0, 150.0, 130.0), Target.atMost(140));

    @TempDir
    Path folder;

    @Test
    void the_ratio_is_the_median_of_the_rounds_ratios() {
        assertThat(REACHED.ratio()).isEqualTo(1.0);
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
                        "| throughput | 95.0 MB/s (90.0 – 100) | stock: 100 MB/s (80.0 – 100) | 1.00 | ≥ 0.90 | yes |",
                        "| p99 | 40.0 µs (30.0 – 50.0) | fio: 20.0 µs (20.0 – 20.0) | 2.00 | ≤ 1.25 | no |");
    }

    @Test
    void a_figure_is_measured_by_its_target_alone() {
        assertThat(report().markdown().lines()).contains("| GETs per GiB | 130 GETs (128 – 150) | ≤ 140.00 | yes |");
    }

    @Test
    void a_figure_without_a_target_is_only_reported() {
        Figure reported = new Figure("restore", "s", List.of(7.0), Optional.empty());

        assertThat(report(List.of(), List.of(reported)).isReached()).isTrue();
        assertThat(report(List.of(), List.of(reported)).markdown().lines())
                .contains("| restore | 7.0 s (7.0 – 7.0) |  |  |");
    }

    @Test
    void a_report_is_reached_when_everything_in_it_is() {
        Figure missed = new Figure("heap", "KiB", List.of(65.0), Target.atMost(64));

        assertThat(report(List.of(REACHED), List.of(FIGURE)).isReached()).isTrue();
        assertThat(report(List.of(REACHED), List.of(FIGURE, missed)).isReached())
                .isFalse();
        assertThat(report(List.of(REACHED, MISSED), List.of(FIGURE)).isReached())
                .isFalse();
    }

    @Test
    void every_round_is_kept_for_machines() throws IOException {
        report().write(folder.resolve("new"));

        JsonNode all =
                new ObjectMapper().readTree(folder.resolve("new/results.json").toFile());
        JsonNode rows = all.path("comparisons");

        assertThat(rows).hasSize(2);
        assertThat(rows.path(0).path("aquifer")).hasSize(3);
        assertThat(rows.path(1).path("reached").asBoolean()).isFalse();
        assertThat(all.path("figures").path(0).path("aquifer")).hasSize(3);
        assertThat(folder.resolve("new/results.md")).exists();
    }

    private static Report report() {
        return report(List.of(REACHED, MISSED), List.of(FIGURE));
    }

    private static Report report(List<Comparison> comparisons, List<Figure> figures) {
        return new Report(
                Machine.here(),
                Instant.EPOCH,
                new BenchPlan(3, Duration.ofSeconds(15), Duration.ZERO, 2048, null),
                comparisons,
                figures);
    }
}
