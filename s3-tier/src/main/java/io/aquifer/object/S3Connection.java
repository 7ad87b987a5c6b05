package io.aquifer.object;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.Closeable;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/** The AWS SDK's client with the threads that it works with, which end with it. */
final class S3Connection implements Closeable {

    /** How long threads that are in the middle of something are waited for at the end. */
    private static final int CLOSE_MILLIS = 5000;

    /** How long nothing more may have come before they end. */
    private static final int QUIET_MILLIS = 50;

    private final EventLoopGroup eventLoops;
    private final ExecutorService completions;
    private final SdkAsyncHttpClient http;
    private final S3AsyncClient client;

    S3Connection(
            ObjectStoreSettings settings,
            AwsCredentialsProvider credentials,
            S3Failures failures,
            ObjectStoreObserver observer) {
        int processors = Runtime.getRuntime().availableProcessors();
        eventLoops = new NioEventLoopGroup(processors, new DefaultThreadFactory("aquifer-s3-io", true));
        completions = Executors.newFixedThreadPool(
                Math.max(2, processors), new DefaultThreadFactory("aquifer-s3-completion", true));
        // Longer than an attempt, which ends in time by itself: only one of the two can report that it took too long.
        Duration connectionTimeout = settings.attemptTimeout().multipliedBy(2);
        http = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(SdkEventLoopGroup.create(eventLoops))
                .maxConcurrency(settings.requestsInFlight())
                .connectionAcquisitionTimeout(connectionTimeout)
                .readTimeout(connectionTimeout)
                .writeTimeout(connectionTimeout)
                .tcpKeepAlive(true)
                .build();
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .httpClient(http)
                .credentialsProvider(credentials)
                .forcePathStyle(settings.pathStyle())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(override -> override.apiCallTimeout(settings.requestTimeout())
                        .apiCallAttemptTimeout(settings.attemptTimeout())
                        .retryStrategy(retries(settings.retries(), failures))
                        .addExecutionInterceptor(new AttemptCounter(observer)))
                .asyncConfiguration(async ->
                        async.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, completions));
        settings.endpoint().ifPresent(endpoint -> endpoint(builder, endpoint));
        settings.region().ifPresent(region -> builder.region(Region.of(region)));
        client = builder.build();
    }

    private static void endpoint(S3AsyncClientBuilder builder, URI endpoint) {
        builder.endpointOverride(endpoint).region(Region.US_EAST_1);
    }

    /**
     * Half of a delay is random. Not all of it: an attempt that times out goes on ending for a moment, and what it reports
     * then the SDK would take for the end of the next one.
     */
    private static RetryStrategy retries(RetrySettings retries, S3Failures failures) {
        return StandardRetryStrategy.builder()
                .useClientDefaults(false)
                .maxAttempts(retries.maxAttempts())
                .backoffStrategy(BackoffStrategy.exponentialDelayHalfJitter(retries.delay(), retries.maxDelay()))
                .throttlingBackoffStrategy(
                        BackoffStrategy.exponentialDelayHalfJitter(retries.throttledDelay(), retries.maxDelay()))
                .retryOnException(failures::worthRepeating)
                .treatAsThrottling(failures::isThrottling)
                .build();
    }

    S3AsyncClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        http.close();
        eventLoops
                .shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        completions.shutdown();
    }
}
