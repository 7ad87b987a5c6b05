package io.aquifer.move;

import static io.aquifer.move.FakeCluster.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.move.BalancePlan.BrokerLoad;
import io.aquifer.move.Distribution.Movable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Plans make loads more even, with few moves, and never at the expense of the worst broker. */
class BalancePlannerTest {

    private static final int SEEDS = Integer.getInteger("aquifer.seeds", 200);
    private static final double MIB = 1 << 20;

    private final List<Broker> brokers = new ArrayList<>();
    private final Map<Integer, Load> fixed = new HashMap<>();
    private final List<Movable> movable = new ArrayList<>();

    private void brokers(int count) {
        for (int id = 1; id <= count; id++) {
            brokers.add(new Broker(id, Optional.empty(), false));
        }
    }

    /** A partition of a topic of its own. */
    private void on(int broker, double produced, double consumed) {
        movable.add(new Movable(
                partition("t" + String.format("%05d", movable.size()), 0), broker, new Load(produced, consumed, 1)));
    }

    private Distribution distribution() {
        return new Distribution(List.copyOf(brokers), Map.copyOf(fixed), List.copyOf(movable), 0);
    }

    private BalancePlan plan() {
        return BalancePlanner.plan(distribution(), Integer.MAX_VALUE);
    }

    private static List<Double> after(BalancePlan plan, Measure measure) {
        return plan.brokers().stream().map(broker -> broker.after().by(measure)).toList();
    }

    @Test
    void aBrokerThatJoinedGetsItsShareOfAll() {
        brokers(4);
        for (int i = 0; i < 60; i++) {
            on(1 + i % 3, MIB, 2 * MIB);
        }

        BalancePlan plan = plan();

        assertThat(plan.moves()).allMatch(move -> move.to() == 4);
        assertThat(after(plan, Measure.PARTITIONS)).allMatch(number -> Math.abs(number - 15) <= 1);
        assertThat(after(plan, Measure.PRODUCED)).allMatch(load -> Math.abs(load - 15 * MIB) <= MIB);
    }

    @Test
    void partitionsThatCarryNothingAreSpreadByTheirNumber() {
        brokers(3);
        for (int i = 0; i < 9; i++) {
            on(1, 0, 0);
        }

        assertThat(after(plan(), Measure.PARTITIONS)).containsOnly(3.0);
    }

    @Test
    void whatIsEvenStaysAsItIs() {
        brokers(3);
        for (int i = 0; i < 30; i++) {
            on(1 + i % 3, MIB * (1 + 0.02 * (i % 2)), 0);
        }

        assertThat(plan().moves()).isEmpty();
    }

    @Test
    void oneHotPartitionStaysWhereItIs() {
        brokers(3);
        on(1, 100 * MIB, 100 * MIB);
        on(2, 0, 0);
        on(3, 0, 0);

        assertThat(plan().moves()).isEmpty();
    }

    @Test
    void aHotPartitionIsPartedFromWhatIsBesideIt() {
        brokers(2);
        on(1, 20 * MIB, 0);
        for (int i = 0; i < 5; i++) {
            on(1, 2 * MIB, 0);
            on(2, 0, 0);
        }

        assertThat(after(plan(), Measure.PRODUCED)).containsExactlyInAnyOrder(10 * MIB, 20 * MIB);
    }

    @Test
    void whatNextToNothingIsSpreadUnevenlyIsNotWorthAMove() {
        brokers(2);
        for (int i = 0; i < 10; i++) {
            on(1, 100, 0);
            on(2, 0, 0);
        }

        assertThat(plan().moves()).isEmpty();
    }

    @Test
    void aCordonedBrokerGetsNothing() {
        brokers(2);
        brokers.add(new Broker(3, Optional.empty(), true));
        for (int i = 0; i < 12; i++) {
            on(1, MIB, 0);
        }

        BalancePlan plan = plan();

        assertThat(plan.moves()).isNotEmpty().allMatch(move -> move.to() == 2);
        assertThat(after(plan, Measure.PARTITIONS)).containsExactly(6.0, 6.0, 0.0);
    }

    @Test
    void whatStaysCountsToo() {
        brokers(2);
        fixed.put(2, new Load(5 * MIB, 0, 5));
        for (int i = 0; i < 5; i++) {
            on(1, MIB, 0);
        }

        assertThat(plan().moves()).isEmpty();
    }

    @Test
    void ofMovesThatHelpAsMuchOneThatStaysInTheRackIsMade() {
        brokers.add(new Broker(1, Optional.of("y"), false));
        brokers.add(new Broker(2, Optional.of("x"), false));
        brokers.add(new Broker(3, Optional.of("y"), false));
        on(1, MIB, 0);
        on(1, MIB, 0);

        assertThat(plan().moves()).extracting(BalanceMove::to).first().isEqualTo(3);
    }

    @Test
    void fewerMovesThanWouldHelpAreTheOnesThatHelpMost() {
        brokers(2);
        on(1, MIB, 0);
        on(1, 8 * MIB, 0);
        on(1, 8 * MIB, 0);
        on(1, MIB, 0);

        BalancePlan plan = BalancePlanner.plan(distribution(), 1);

        assertThat(plan.moves()).hasSize(1);
        BalanceMove move = plan.moves().get(0);
        assertThat(move.load().produced()).isEqualTo(8 * MIB);
        assertThat(move.relieved()).isEqualTo(Measure.PRODUCED);
        assertThat(move.fromShare()).isEqualTo(2);
        assertThat(move.toShare()).isZero();
    }

    @Test
    void withoutBrokersOrWithOneThereIsNothingToPlan() {
        assertThat(plan().moves()).isEmpty();
        brokers(1);
        on(1, MIB, MIB);
        assertThat(plan().moves()).isEmpty();
    }

    @Test
    void whateverTheLoadsEachMoveHelpsNoneIsMadeTwiceAndNobodyIsWorseThanTheWorstWas() {
        Long only = Long.getLong("aquifer.seed");
        long first = only == null ? 0 : only;
        for (long seed = first; seed < (only == null ? SEEDS : first + 1); seed++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            brokers.clear();
            fixed.clear();
            movable.clear();
            makeAny(random);
            try {
                assertIsGood(plan());
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " fails: " + e.getMessage()
                                + "\nTo reproduce: ./mvnw -pl kafka-distro -am test"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=BalancePlannerTest -Daquifer.seed="
                                + seed,
                        e);
            }
        }
    }

    private void makeAny(RandomGenerator random) {
        int count = random.nextInt(1, 12);
        for (int id = 1; id <= count; id++) {
            Optional<String> rack = random.nextBoolean() ? Optional.of("r" + random.nextInt(3)) : Optional.empty();
            brokers.add(new Broker(id, rack, random.nextInt(10) == 0));
            if (random.nextInt(4) == 0) {
                fixed.put(id, new Load(MIB * random.nextDouble(50), MIB * random.nextDouble(50), random.nextInt(20)));
            }
        }
        int used = random.nextInt(1, count + 1);
        int partitions = random.nextInt(200);
        for (int i = 0; i < partitions; i++) {
            double produced = random.nextInt(3) == 0 ? 0 : MIB * Math.exp(3 * random.nextGaussian());
            double consumed = random.nextInt(3) == 0 ? 0 : produced * random.nextDouble(5);
            on(1 + random.nextInt(used), produced, consumed);
        }
    }

    private void assertIsGood(BalancePlan plan) {
        assertThat(plan).isEqualTo(plan());
        assertThat(plan.moves()).extracting(BalanceMove::partition).doesNotHaveDuplicates();
        assertThat(plan.moves()).extracting(BalanceMove::to).noneMatch(cordoned()::contains);
        Map<Integer, Load> loads = new HashMap<>(distribution().loads());
        Map<Measure, Double> worst = worst(loads);
        double before = imbalance(loads);
        for (BalanceMove move : plan.moves()) {
            Load load = move.load();
            loads.merge(move.from(), new Load(-load.produced(), -load.consumed(), -load.partitions()), Load::plus);
            loads.merge(move.to(), load, Load::plus);
            double now = imbalance(loads);
            assertThat(now).isLessThan(before);
            before = now;
        }
        for (Measure measure : Measure.values()) {
            assertThat(worst(loads).get(measure))
                    .as("worst broker by %s", measure)
                    .isLessThanOrEqualTo(Math.max(worst.get(measure) * 1.05, measure.negligible()) * (1 + 1e-9));
        }
        for (BrokerLoad broker : plan.brokers()) {
            Load after = loads.getOrDefault(broker.broker().id(), Load.NONE);
            for (Measure measure : Measure.values()) {
                assertThat(broker.after().by(measure) - after.by(measure)).isBetween(-1.0, 1.0);
            }
        }
    }

    private List<Integer> cordoned() {
        return brokers.stream().filter(Broker::cordoned).map(Broker::id).toList();
    }

    private static Map<Measure, Double> worst(Map<Integer, Load> loads) {
        Map<Measure, Double> worst = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            worst.put(
                    measure,
                    loads.values().stream()
                            .mapToDouble(load -> load.by(measure))
                            .max()
                            .orElse(0));
        }
        return worst;
    }

    /** As the planner defines it. */
    private double imbalance(Map<Integer, Load> loads) {
        double imbalance = 0;
        for (Measure measure : Measure.values()) {
            double mean = loads.values().stream()
                            .mapToDouble(load -> load.by(measure))
                            .sum()
                    / brokers.size();
            double unit = Math.max(mean, measure.negligible());
            imbalance += measure.weight()
                    * loads.values().stream()
                            .mapToDouble(load -> Math.pow((load.by(measure) - mean) / unit, 2))
                            .sum();
        }
        return imbalance;
    }
}
