package io.aquifer.object;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * Says by class and message why a request to S3 failed. What is worth an attempt more is decided by the same words.
 *
 * <p>Codes and states: Amazon S3 API reference, "Error responses".
 */
final class S3Failures {

    private static final Set<String> THROTTLED = Set.of("SlowDown", "TooManyRequests", "RequestLimitExceeded");
    private static final Set<String> DAMAGED = Set.of(
            "BadDigest", "IncompleteBody", "InvalidDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch");
    private static final Set<String> ELSEWHERE =
            Set.of("NoSuchBucket", "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed");
    private static final Set<String> TIMED_OUT = Set.of("RequestTimeout", "RequestTimeoutException");

    private static final String LOWER = " Lower aquifer.s3.requests.in.flight, or spread the load over time.";

    private final String store;

    /** @param store what the operator calls the store */
    S3Failures(String store) {
        this.store = store;
    }

    /** Whether an attempt that failed so is worth repeating. */
    boolean worthRepeating(Throwable failure) {
        return !isCancellation(failure)
                && !(explain(failure, S3Action.HEAD, "") instanceof UploadGoneException)
                && explain(failure, S3Action.HEAD, "").retriable();
    }

    /** Whether the store did its part: something is there already, or isn't there. */
    boolean isAnswer(Throwable failure) {
        ObjectStoreException explained = explain(failure, S3Action.HEAD, "");
        return !isCancellation(failure)
                && (explained instanceof PreconditionFailedException
                        || explained instanceof ObjectNotFoundException
                        || explained instanceof UploadGoneException);
    }

    /** Whether the store asked for fewer requests. */
    boolean isThrottling(Throwable failure) {
        return findCause(failure, AwsServiceException.class)
                .filter(S3Failures::throttled)
                .isPresent();
    }

    /** The exception that says what happened to {@code action} on {@code key}. */
    ObjectStoreException explain(Throwable failure, S3Action action, String key) {
        Optional<ObjectStoreException> ours = findCause(failure, ObjectStoreException.class);
        if (ours.isPresent()) {
            return ours.get();
        }
        String what = action.verb() + " '" + key + "' in " + store + " failed: ";
        Optional<AwsServiceException> answer = findCause(failure, AwsServiceException.class);
        if (answer.isPresent()) {
            return explainAnswer(answer.get(), action, what);
        }
        if (findCause(failure, ApiCallTimeoutException.class).isPresent()
                || findCause(failure, ApiCallAttemptTimeoutException.class).isPresent()) {
            return new RequestTimeoutException(
                    what + "no whole answer within the time allowed. Look at the network and the store's load, or raise"
                            + " aquifer.s3.attempt.timeout.ms and aquifer.s3.request.timeout.ms.",
                    failure);
        }
        Optional<IOException> io = findCause(failure, IOException.class);
        if (io.isPresent()) {
            return new UnreachableStoreException(
                    what + "the connection couldn't be made or broke ("
                            + io.get().getMessage() + "). Look at the network, the endpoint and the region.",
                    failure);
        }
        String message = String.valueOf(failure.getMessage());
        if (message.contains("redentials")) {
            return new StoreAccessDeniedException(
                    what + "no credentials were found (" + message
                            + "). Give the broker a role, environment variables or a profile.",
                    failure);
        }
        return new FailingStoreException(what + message, failure);
    }

    /** The exception for a key that a deletion of many couldn't delete. */
    ObjectStoreException explainDeletion(S3Error error, int failed) {
        String code = Objects.requireNonNullElse(error.code(), "");
        String found = "Deleting '" + error.key() + "' and " + (failed - 1) + " other objects in " + store + " failed: "
                + code + " (" + error.message() + ").";
        if (THROTTLED.contains(code)) {
            return new ThrottledException(found + LOWER, null);
        }
        if (code.equals("AccessDenied")) {
            return new StoreAccessDeniedException(found + " Allow " + S3Action.DELETE.permission() + ".", null);
        }
        return new FailingStoreException(found + " Delete them again.", null);
    }

    private static ObjectStoreException explainAnswer(AwsServiceException answer, S3Action action, String what) {
        int status = answer.statusCode();
        String code = code(answer);
        String found = what + "it answered " + status + " " + code + " (" + detail(answer) + ").";
        if (throttled(answer)) {
            return new ThrottledException(found + LOWER, answer);
        }
        if (TIMED_OUT.contains(code) || status == 408) {
            return new RequestTimeoutException(found + " Look at the network.", answer);
        }
        if (DAMAGED.contains(code)) {
            return new DamagedTransferException(
                    found + " What arrived there isn't what was sent: look at the network and what is in between.",
                    answer);
        }
        if (ELSEWHERE.contains(code)) {
            return new BucketNotFoundException(
                    found + " Check the bucket, the region, the endpoint and the path style.", answer);
        }
        if (code.equals("NoSuchUpload")) {
            return new UploadGoneException(found + " It was aborted meanwhile; upload again.", answer);
        }
        return explainStatus(answer, status, action, found);
    }

    private static ObjectStoreException explainStatus(
            AwsServiceException answer, int status, S3Action action, String found) {
        return switch (status) {
            case 401, 403 ->
                new StoreAccessDeniedException(
                        found + " Allow " + action.permission()
                                + " to the broker's identity, and check its credentials, the expected bucket owner and"
                                + " the key's policy where KMS encrypts.",
                        answer);
            case 404 ->
                new ObjectNotFoundException(
                        found + " It was expected to exist; nothing but Aquifer may delete objects in the bucket.",
                        answer);
            case 409 -> new WriteConflictException(found + " Try again.", answer);
            case 412 -> new PreconditionFailedException(found, answer);
            case 416 -> new ObjectTooShortException(found + " The object ends before the range does.", answer);
            default ->
                status >= 500
                        ? new FailingStoreException(found + " Look at the store's health.", answer)
                        : new InvalidRequestException(
                                found + " The store can't do this or a setting doesn't fit it.", answer);
        };
    }

    private static boolean throttled(AwsServiceException answer) {
        return answer.statusCode() == 429 || THROTTLED.contains(code(answer)) || answer.isThrottlingException();
    }

    private static String code(AwsServiceException answer) {
        return answer.awsErrorDetails() == null
                ? ""
                : Objects.requireNonNullElse(answer.awsErrorDetails().errorCode(), "");
    }

    private static String detail(AwsServiceException answer) {
        String message = answer.awsErrorDetails() == null
                ? ""
                : Objects.requireNonNullElse(answer.awsErrorDetails().errorMessage(), "");
        return message + ", request id " + answer.requestId();
    }

    private static boolean isCancellation(Throwable failure) {
        return findCause(failure, CancellationException.class).isPresent();
    }

    private static <T> Optional<T> findCause(Throwable failure, Class<T> type) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
