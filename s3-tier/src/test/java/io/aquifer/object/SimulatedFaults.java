package io.aquifer.object;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Which calls of a simulated store go wrong: those that a test names, and some at random. */
public final class SimulatedFaults {

    private static final SimulatedFault[] AT_RANDOM = {
        SimulatedFault.LOST_REQUEST,
        SimulatedFault.LOST_ANSWER,
        SimulatedFault.THROTTLED,
        SimulatedFault.TIMED_OUT,
        SimulatedFault.SLOW,
        SimulatedFault.CUT_BODY,
        SimulatedFault.LOST_RACE
    };

    private final RandomGenerator random;
    private final List<Rule> rules = new ArrayList<>();
    private double rate;

    SimulatedFaults(RandomGenerator random) {
        this.random = random;
    }

    /** Gives the next call that {@code which} holds for this fault. Rules apply in the order of their making. */
    public synchronized void next(Predicate<SimulatedCall> which, SimulatedFault fault) {
        rules.add(new Rule(which, fault, true));
    }

    /** Gives the next call of that kind this fault. */
    public void next(SimulatedCall.Kind kind, SimulatedFault fault) {
        next(call -> call.kind() == kind, fault);
    }

    /** Gives every call that {@code which} holds for this fault, until {@link #none}. */
    public synchronized void every(Predicate<SimulatedCall> which, SimulatedFault fault) {
        rules.add(new Rule(which, fault, false));
    }

    /**
     * Has calls that no rule names go wrong at random, in any way that passes.
     *
     * @param share of the calls, from 0 to 1
     */
    public synchronized void atRandom(double share) {
        rate = share;
    }

    /** No faults from now on. */
    public synchronized void none() {
        rules.clear();
        rate = 0;
    }

    synchronized SimulatedFault of(SimulatedCall call) {
        for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
            Rule rule = each.next();
            if (rule.which.test(call)) {
                if (rule.once) {
                    each.remove();
                }
                return rule.fault;
            }
        }
        synchronized (random) {
            return random.nextDouble() < rate ? AT_RANDOM[random.nextInt(AT_RANDOM.length)] : SimulatedFault.NONE;
        }
    }

    private record Rule(Predicate<SimulatedCall> which, SimulatedFault fault, boolean once) {}
}
