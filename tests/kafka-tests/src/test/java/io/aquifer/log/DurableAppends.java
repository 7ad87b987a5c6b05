package io.aquifer.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Makes every append to a shared log return only when it is durable, as an append to a stock log is at once as far as
 * the high watermark goes. Kafka's tests raise the high watermark right after they append.
 */
public final class DurableAppends {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private static final LongAdder COUNT = new LongAdder();

    private DurableAppends() {}

    /** How many appends to shared logs there were so far in this process. */
    public static long count() {
        return COUNT.sum();
    }

    /** From now on, in this process. Before the class {@link UnifiedLog} is used. */
    public static void install() {
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .type(ElementMatchers.is(UnifiedLog.class))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(DurableAppends.class).on(ElementMatchers.named("append"))))
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
        if (shared == null || !shared.isShared()) {
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
    }
}
