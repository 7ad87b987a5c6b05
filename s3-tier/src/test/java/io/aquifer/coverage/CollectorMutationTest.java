package io.aquifer.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Is the simulation worth anything? Each rule that garbage collection rests on is broken in turn, in a copy of the class that
 * keeps it, and a simulated run must fail.
 */
class CollectorMutationTest {

    private static final int SEEDS = 150;

    static Stream<Mutation> mutations() {
        return Stream.of(
                new Mutation(
                        "a truncation goes before what it cut off",
                        "WalNeeds.java",
                        "if (kept.getOrDefault(log, LogHistory.ALL) > from || ",
                        "if ("),
                new Mutation(
                        "nobody keeps what says how a log stands",
                        "LogHistory.java",
                        "new HashSet<>(statements.values());",
                        "new HashSet<>();"),
                new Mutation(
                        "a copy that isn't promised goes wherever it lies",
                        "Garbage.java",
                        "(!live.contains(name.segmentId()) && name.endOffset() < start)",
                        "!live.contains(name.segmentId())"),
                new Mutation(
                        "the last object of a sequence goes",
                        "WalNeeds.java",
                        "if (run.seal().isEmpty()) {",
                        "if (run.seal().isPresent() && run.end() < 0) {"),
                new Mutation(
                        "what a composite segment names is deleted",
                        "BucketView.java",
                        "named.addAll(composite.objects())",
                        "composite.objects().size()"),
                new Mutation(
                        "every topic is dead when nobody knows which ones there are",
                        "Collector.java",
                        "return unknown.isEmpty() && !live.contains(topic);",
                        "return !live.contains(topic);"),
                new Mutation(
                        "what was condemned before is forgotten",
                        "Collector.java",
                        "new TreeMap<>(old.walObjects());",
                        "new TreeMap<>();"),
                new Mutation("a rewritten composite stays", "Garbage.java", "if (rewritten || ", "if ("),
                new Mutation(
                        "what lies behind a seal stays", "Garbage.java", "walObjects.addAll(behindSeals(view));", ""));
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void the_simulation_finds_that(Mutation mutation, @TempDir Path folder) throws Exception {
        assertThat(mutation.firstFailure(folder, SEEDS))
                .as("a failing seed of %s", SEEDS)
                .isPresent();
    }
}
