package io.aquifer.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aquifer.object.ObjectStore;
import io.aquifer.object.SimulatedBucket;
import io.aquifer.object.SimulatedClock;
import io.aquifer.object.SimulatedFault;
import io.aquifer.object.SimulatedObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Brokers and collectors at work on one bucket, in every order: collectors sleep between any two calls, are killed there, work
 * at once, lose requests and answers. After every call, every promised offset is readable; when all is quiet, nothing is left
 * that nobody needs.
 */
class CollectorSimulationTest {

    private static final CollectorSettings SETTINGS =
            new CollectorSettings(Duration.ofMinutes(10), Duration.ofMinutes(30), Long.MAX_VALUE);
    private static final int STEPS = 160;

    @Test
    void whatever_is_promised_stays_readable_and_whatever_is_garbage_goes() throws IOException {
        int count = Integer.getInteger("aquifer.seeds", 120);
        Long only = Long.getLong("aquifer.seed");
        long first = only == null ? RandomGenerator.getDefault().nextInt(Integer.MAX_VALUE) : only;
        long last = only == null ? first + count - 1 : first;
        System.out.println("CollectorSimulationTest: seeds " + first + " to " + last);
        int deleted = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                deleted += run(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " fails: " + e.getMessage()
                                + "\nTo reproduce: ./mvnw -pl s3-tier test -Dtest=CollectorSimulationTest -Daquifer.seed="
                                + seed,
                        e);
            }
        }
        assertThat(deleted).as("objects that were deleted while brokers worked").isGreaterThan((int) (last - first));
    }

    private static int run(long seed) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        SimulatedObjectStore store =
                new SimulatedObjectStore(SimulatedClock.eager(), new SimulatedBucket(), random.nextLong());
        store.latency(Duration.ZERO);
        SimulatedCluster cluster = new SimulatedCluster(store, random);
        ClusterChecks checks = new ClusterChecks(store, cluster);
        long[] now = {0};
        double faults = random.nextInt(3) * 0.02;
        List<SteppedCollector> collectors = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            collectors.add(collector(store, cluster, now, random));
        }
        int before = 0;
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(3) == 0) {
                cluster.step();
                checks.requireAllReadable();
            }
            int which = random.nextInt(collectors.size());
            if (random.nextInt(60) == 0) {
                collectors.get(which).kill();
                collectors.set(which, collector(store, cluster, now, random));
            }
            int calls = random.nextInt(12);
            for (int i = 0; i < calls; i++) {
                int keys = store.bucket().keys().size();
                collectors.get(which).step(random.nextDouble() < faults ? fault(random) : SimulatedFault.NONE);
                if (store.bucket().keys().size() != keys) {
                    before += Math.max(0, keys - store.bucket().keys().size());
                    checks.requireAllReadable();
                }
            }
            now[0] += Duration.ofMinutes(random.nextInt(5)).toNanos();
        }
        collectors.forEach(SteppedCollector::kill);
        settle(store, cluster, now);
        checks.requireAllReadable();
        checks.requireNothingLeft();
        return before;
    }

    private static void settle(SimulatedObjectStore store, SimulatedCluster cluster, long[] now) throws IOException {
        Collector last = new Collector(store, SimulatedCluster.KEYS, 9, SETTINGS, cluster::liveTopics, () -> now[0]);
        for (int i = 0; i < 16; i++) {
            now[0] += SETTINGS.standIn().toNanos();
            last.round();
        }
    }

    private static SimulatedFault fault(RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> SimulatedFault.LOST_REQUEST;
            case 1 -> SimulatedFault.LOST_ANSWER;
            default -> SimulatedFault.THROTTLED;
        };
    }

    private static SteppedCollector collector(
            SimulatedObjectStore store, SimulatedCluster cluster, long[] now, RandomGenerator random) {
        LiveTopics topics = () -> {
            if (random.nextInt(8) == 0) {
                throw new IOException("no controller");
            }
            return cluster.liveTopics();
        };
        // With little memory, logs are looked at in many groups, and some looks are given up.
        long memory = random.nextBoolean() ? Long.MAX_VALUE : 30_000 + random.nextInt(200_000);
        return new SteppedCollector(store, stepped -> of(stepped, topics, memory, now));
    }

    private static Collector of(ObjectStore store, LiveTopics topics, long memory, long[] now) {
        CollectorSettings settings = new CollectorSettings(SETTINGS.minAge(), SETTINGS.standIn(), memory);
        return new Collector(store, SimulatedCluster.KEYS, 1, settings, topics, () -> now[0]);
    }
}
