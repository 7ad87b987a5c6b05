package io.aquifer.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Makes every append to a shared log return only when it is durable and its partition was told, as an append to a stock
 * log is at once as far as the high watermark goes. Kafka's tests raise the high watermark right after they append, and
 * truncate the logs of leaders, while nobody is to raise it any more.
 */
public final class DurableAppends {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    /** A partition can't be told while another thread waits for the lock that its appender holds. */
    private static final long LONGEST_TELLING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Of each of the executor's stripes. */
    private static final Map<Object, Stripe> STRIPES = new ConcurrentHashMap<>();

    /** Threads that are in the middle of raising a durable end. */
    private static final AtomicInteger RAISING = new AtomicInteger();

    private static final LongAdder COUNT = new LongAdder();
    private static final LongAdder PAST_THE_DEVICE = new LongAdder();

    private DurableAppends() {}

    /** How many appends to shared logs there were so far in this process. */
    public static long count() {
        return COUNT.sum();
    }

    /**
     * How many appends so far went to logs that weren't shared. Those of logs that a test made by itself don't count: no
     * broker has such.
     */
    public static long pastTheDevice() {
        return PAST_THE_DEVICE.sum();
    }

    /** From now on, in this process. Before the class {@link UnifiedLog} is used. */
    public static void install() {
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .type(ElementMatchers.is(UnifiedLog.class))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(DurableAppends.class).on(ElementMatchers.named("append"))))
                .type(ElementMatchers.is(SharedLog.class))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(Raising.class).on(ElementMatchers.named("durable"))))
                .type(ElementMatchers.named("io.aquifer.log.DurableCallbacks$Stripe"))
                .transform((builder, type, loader, module, domain) -> builder.visit(
                                Advice.to(Queueing.class).on(ElementMatchers.named("add")))
                        .visit(Advice.to(Telling.class).on(ElementMatchers.named("tellQueued"))))
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .installOn(ByteBuddyAgent.install());
    }

    @Advice.OnMethodExit
    static void exit(@Advice.This UnifiedLog log) {
        await(log);
    }

    /** Waits until all of the log is on the device. */
    public static void await(UnifiedLog log) {
        SharedLog shared = SharedLogs.of(log);
        if (shared == null) {
            return;
        }
        if (!shared.isShared()) {
            PAST_THE_DEVICE.increment();
            return;
        }
        COUNT.increment();
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (shared.isShared() && shared.durableEnd().messageOffset < log.logEndOffset()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Not durable after 30 s: " + shared + ", durable up to " + shared.durableEnd()
                        + " of " + log.logEndOffset());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        awaitTold();
    }

    private static void awaitTold() {
        long deadline = System.nanoTime() + LONGEST_TELLING_NANOS;
        while (RAISING.get() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        for (Stripe stripe : STRIPES.values()) {
            long queued = stripe.queued.get();
            while (stripe.told.get() < queued && System.nanoTime() < deadline) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            stripe.told.accumulateAndGet(queued, Math::max);
        }
    }

    /** How many logs were queued to be told, and how many of them surely were. */
    public static final class Stripe {
        public final AtomicLong queued = new AtomicLong();
        public final AtomicLong told = new AtomicLong();

        /** What is counted of one of the executor's stripes. */
        public static Stripe of(Object stripe) {
            return STRIPES.computeIfAbsent(stripe, key -> new Stripe());
        }
    }

    /** Between a durable end that has risen and its partition being queued. */
    static final class Raising {
        private Raising() {}

        @Advice.OnMethodEnter
        static void enter() {
            raising().incrementAndGet();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit() {
            raising().decrementAndGet();
        }
    }

    public static AtomicInteger raising() {
        return RAISING;
    }

    static final class Queueing {
        private Queueing() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.This Object stripe) {
            Stripe.of(stripe).queued.incrementAndGet();
        }
    }

    /** Tells all that were added before it began. */
    static final class Telling {
        private Telling() {}

        @Advice.OnMethodEnter
        static long enter(@Advice.This Object stripe) {
            return Stripe.of(stripe).queued.get();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void exit(@Advice.This Object stripe, @Advice.Enter long queued) {
            Stripe.of(stripe).told.accumulateAndGet(queued, Math::max);
        }
    }
}
