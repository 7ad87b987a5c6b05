package io.aquifer.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.aquifer.harness.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All comparisons of one run, for people and for machines. */
record Report(Machine machine, Instant time, BenchPlan plan, List<Comparison> comparisons, List<Figure> figures) {

    static Path defaultFolder(String stamp) {
        return Folders.repository().resolve("target/bench").resolve(stamp);
    }

    boolean isReached() {
        return comparisons.stream().allMatch(Comparison::isReached)
                && figures.stream().allMatch(Figure::isReached);
    }

    /** Writes results.json and results.md. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        Files.write(folder.resolve("results.json"), json.writeValueAsBytes(fields()));
        Files.writeString(folder.resolve("results.md"), markdown());
    }

    String markdown() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s, %s. %d rounds, in turn, each side for %d s or for a given amount; medians, with the lowest and the highest round.%n%n",
                time,
                machine.inWords(),
                plan.rounds(),
                plan.measured().toSeconds()));
        if (!comparisons.isEmpty()) {
            addComparisons(text);
        }
        if (!figures.isEmpty()) {
            addFigures(text);
        }
        return text.toString();
    }

    private void addComparisons(StringBuilder text) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "| comparison | Aquifer | measured by | ratio | to reach | reached |%n| --- | ---: | ---: | ---: | ---: | --- |%n"));
        for (Comparison comparison : comparisons) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s: %s | %.2f | %s | %s |%n",
                    comparison.name(),
                    values(comparison.aquifer(), comparison.unit()),
                    comparison.against(),
                    values(comparison.other(), comparison.unit()),
                    comparison.ratio(),
                    comparison.target(),
                    comparison.isReached() ? "yes" : "no"));
        }
    }

    private void addFigures(StringBuilder text) {
        text.append(String.format(
                Locale.ROOT, "%n| figure | Aquifer | to reach | reached |%n| --- | ---: | ---: | --- |%n"));
        for (Figure figure : figures) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s |%n",
                    figure.name(),
                    values(figure.values(), figure.unit()),
                    figure.target().map(Object::toString).orElse(""),
                    figure.target().isEmpty() ? "" : figure.isReached() ? "yes" : "no"));
        }
    }

    private static String values(List<Double> values, String unit) {
        return String.format(
                Locale.ROOT,
                "%s %s (%s – %s)",
                figure(Comparison.median(values)),
                unit,
                figure(values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN)),
                figure(values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN)));
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    private Map<String, Object> fields() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", comparison.name());
            row.put("against", comparison.against());
            row.put("unit", comparison.unit());
            row.put("aquifer", comparison.aquifer());
            row.put("other", comparison.other());
            row.put("ratio", comparison.ratio());
            row.put("target", comparison.target().bound());
            row.put("targetIsLowerBound", comparison.target().atLeast());
            row.put("reached", comparison.isReached());
            rows.add(row);
        }
        List<Map<String, Object>> plain = new ArrayList<>();
        for (Figure figure : figures) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", figure.name());
            row.put("unit", figure.unit());
            row.put("aquifer", figure.values());
            figure.target().ifPresent(target -> {
                row.put("target", target.bound());
                row.put("targetIsLowerBound", target.atLeast());
                row.put("reached", figure.isReached());
            });
            plain.add(row);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("time", time.toString());
        all.put("machine", machine.inWords());
        all.put("rounds", plan.rounds());
        all.put("secondsPerSide", plan.measured().toSeconds());
        all.put("readMebibytes", plan.readMebibytes());
        all.put("comparisons", rows);
        all.put("figures", plain);
        return all;
    }
}
