package io.aquifer.sim;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * The seeds of one randomised test, given to it by {@link SeedExtension}: other ones in every build, printed before the
 * first is tried. A failure says which seed it was, and the command that runs that one alone.
 */
public final class Seeds {

    static final String SEED_PROPERTY = "aquifer.seed";
    static final String COUNT_PROPERTY = "aquifer.seeds";

    private static final RandomGeneratorFactory<RandomGenerator> RANDOM = RandomGeneratorFactory.of("L64X128MixRandom");

    private final String test;
    private final @Nullable Long only;

    /** @param test class and method, as Surefire's {@code -Dtest} takes them */
    Seeds(String test, @Nullable Long only) {
        this.test = test;
        this.only = only;
    }

    /** What is tried with each seed. */
    @FunctionalInterface
    public interface Trial {
        void run(RandomGenerator random) throws Exception;
    }

    /** Tries {@code count} seeds, or as many as {@code -Daquifer.seeds} says, or just that of {@code -Daquifer.seed}. */
    public void forEach(int count, Trial trial) {
        long first = only == null ? RandomGenerator.getDefault().nextInt(Integer.MAX_VALUE) : only;
        long last = only == null ? first + Integer.getInteger(COUNT_PROPERTY, count) - 1 : first;
        System.out.println(test + ": seeds " + first + " to " + last);
        for (long seed = first; seed <= last; seed++) {
            try {
                trial.run(random(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " fails: " + e.getMessage() + "\nTo reproduce: " + command(seed), e);
            }
        }
    }

    /** What a seed stands for. */
    public static RandomGenerator random(long seed) {
        return RANDOM.create(seed);
    }

    private String command(long seed) {
        return "./mvnw -pl wal-log-segment -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest=" + test + " -D"
                + SEED_PROPERTY + "=" + seed;
    }
}
