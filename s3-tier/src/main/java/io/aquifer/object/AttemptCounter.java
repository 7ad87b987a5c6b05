package io.aquifer.object;

import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Sees the attempts that the SDK makes for a request, of which only the last one's outcome leaves it. */
final class AttemptCounter implements ExecutionInterceptor {

    private static final ExecutionAttribute<AtomicInteger> ATTEMPTS =
            new ExecutionAttribute<>(AttemptCounter.class.getName());
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SLOW_DOWN = 503;

    private final ObjectStoreObserver observer;

    AttemptCounter(ObjectStoreObserver observer) {
        this.observer = observer;
    }

    @Override
    public void beforeExecution(Context.BeforeExecution request, ExecutionAttributes attributes) {
        attributes.putAttribute(ATTEMPTS, new AtomicInteger());
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission attempt, ExecutionAttributes attributes) {
        if (attributes.getAttribute(ATTEMPTS).incrementAndGet() > 1) {
            observer.attemptRepeated();
        }
    }

    @Override
    public void afterTransmission(Context.AfterTransmission attempt, ExecutionAttributes attributes) {
        int status = attempt.httpResponse().statusCode();
        if (status == SLOW_DOWN || status == TOO_MANY_REQUESTS) {
            observer.throttled();
        }
    }
}
