package io.aquifer.object;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Takes the body of a ranged GET into memory, exactly as long as it was asked for. Used for one call, attempt by attempt. */
final class RangeTransformer implements AsyncResponseTransformer<GetObjectResponse, ObjectRange> {

    private final RangeTarget target;
    private final RangeAsked asked;
    private volatile Attempt current = new Attempt(0);

    RangeTransformer(RangeTarget target, RangeAsked asked) {
        this.target = target;
        this.asked = asked;
    }

    @Override
    public CompletableFuture<ObjectRange> prepare() {
        Attempt attempt = new Attempt(target.begin());
        current = attempt;
        return attempt.result;
    }

    @Override
    public void onResponse(GetObjectResponse response) {
        Attempt attempt = current;
        try {
            attempt.range = asked.answeredBy(response.contentRange());
        } catch (ObjectStoreException unexpected) {
            attempt.result.completeExceptionally(unexpected);
        }
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        body.subscribe(current);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        current.result.completeExceptionally(failure);
    }

    /** What one attempt receives. Written by the one thread at a time that delivers its body. */
    private final class Attempt implements Subscriber<ByteBuffer> {
        private final CompletableFuture<ObjectRange> result = new CompletableFuture<>();
        private final int number;
        private volatile ObjectRange range = new ObjectRange(0, 0, 0);
        private @Nullable Subscription body;
        private int received;

        Attempt(int number) {
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
            if (bytes.remaining() > range.length() - received) {
                result.completeExceptionally(asked.damaged("more than the " + range.length() + " bytes announced"));
                if (body != null) {
                    body.cancel();
                }
                return;
            }
            int length = bytes.remaining();
            target.write(number, received, bytes);
            received += length;
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            if (received == range.length()) {
                result.complete(range);
            } else {
                result.completeExceptionally(
                        asked.damaged("only " + received + " of the " + range.length() + " bytes announced"));
            }
        }
    }
}
