package io.aquifer.remote;

import io.aquifer.cache.CacheReadException;
import io.aquifer.object.ObjectNotFoundException;
import io.aquifer.object.ObjectStoreException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import org.apache.kafka.server.log.remote.storage.RemoteResourceNotFoundException;
import org.apache.kafka.server.log.remote.storage.RemoteStorageException;
import org.apache.kafka.server.log.remote.storage.RetriableRemoteStorageException;

/**
 * Says failures in Kafka's words.
 *
 * <p>Nothing but a {@link RemoteStorageException} leaves the plug-in: an {@link Error} would end the tiering of its
 * partition without a word, since Kafka's scheduled task would not run again.
 */
final class StorageFailures {

    private StorageFailures() {}

    /**
     * What Kafka is told.
     *
     * @param action what failed, as the beginning of a sentence
     */
    static RemoteStorageException of(String action, Throwable failure) {
        if (failure instanceof RemoteStorageException told) {
            return told;
        }
        String message = action + ": " + (failure.getMessage() == null ? failure : failure.getMessage());
        if (failure instanceof ObjectNotFoundException) {
            return new RemoteResourceNotFoundException(message, failure);
        }
        return passing(failure)
                ? new RetriableRemoteStorageException(message, failure)
                : new RemoteStorageException(message, failure);
    }

    private static boolean passing(Throwable failure) {
        return failure instanceof InterruptedIOException
                || failure instanceof ClosedByInterruptException
                || failure instanceof OutOfMemoryError
                || (failure instanceof ObjectStoreException store && store.retriable())
                || (failure instanceof CacheReadException cache && cache.retriable());
    }

    /** For the streams that are given away: an {@link IOException} of anything that isn't one. */
    static IOException ofRead(String action, Throwable failure) {
        return failure instanceof IOException io ? io : new IOException(action + ": " + failure, failure);
    }
}
