package io.aquifer.object;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Takes the body of a ranged GET into memory, exactly as long as it was asked for. Used for one call.
 *
 * <p>The SDK begins an attempt while the one before may still be ending, and doesn't say whose body it delivers. So every
 * body counts its own bytes, and only the newest is written to memory: objects being immutable, any that arrives whole is
 * right.
 */
final class RangeTransformer implements AsyncResponseTransformer<GetObjectResponse, ObjectRange> {

    private final RangeTarget target;
    private final RangeAsked asked;
    private CompletableFuture<ObjectRange> current = new CompletableFuture<>();
    private ObjectRange announced = new ObjectRange(0, 0, 0);

    RangeTransformer(RangeTarget target, RangeAsked asked) {
        this.target = target;
        this.asked = asked;
    }

    @Override
    public synchronized CompletableFuture<ObjectRange> prepare() {
        current = new CompletableFuture<>();
        return current;
    }

    @Override
    public synchronized void onResponse(GetObjectResponse response) {
        try {
            announced = asked.answeredBy(response.contentRange());
        } catch (ObjectStoreException unexpected) {
            current.completeExceptionally(unexpected);
        }
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        body.subscribe(newReceiver());
    }

    private synchronized Receiver newReceiver() {
        return new Receiver(current, announced, target.begin());
    }

    @Override
    public synchronized void exceptionOccurred(Throwable failure) {
        current.completeExceptionally(failure);
    }

    /** What receives one body. Called by one thread at a time. */
    private final class Receiver implements Subscriber<ByteBuffer> {
        private final CompletableFuture<ObjectRange> result;
        private final ObjectRange range;
        private final int number;
        private @Nullable Subscription body;
        private int received;

        Receiver(CompletableFuture<ObjectRange> result, ObjectRange range, int number) {
            this.result = result;
            this.range = range;
            this.number = number;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            body = subscription;
            if (result.isDone()) {
                subscription.cancel();
            } else {
                subscription.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            int length = bytes.remaining();
            if (length > range.length() - received) {
                result.completeExceptionally(asked.damaged("more than the " + range.length() + " bytes announced"));
                if (body != null) {
                    body.cancel();
                }
            } else {
                target.write(number, received, bytes);
                received += length;
            }
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            if (received < range.length()) {
                result.completeExceptionally(
                        asked.damaged("only " + received + " of the " + range.length() + " bytes announced"));
            } else if (target.isNewest(number)) {
                result.complete(range);
            } else {
                result.completeExceptionally(asked.damaged("another body while this one"));
            }
        }
    }
}
