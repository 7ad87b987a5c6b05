package io.aquifer.wal.upload;

import io.aquifer.format.WalObjectName;
import io.aquifer.format.WalSeal;
import io.aquifer.object.Failures;
import io.aquifer.object.ObjectNotFoundException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What the bucket has at a number.
 *
 * @param exists whether there is an object
 * @param seal the object, if it is a seal
 */
record Look(WalObjectName name, boolean exists, Optional<WalSeal> seal) {

    static Repeated<Look> at(WalObjectName name, UploadContext context) {
        return new Repeated<>(
                "looking for WAL object " + name,
                context,
                () -> context.chain()
                        .sealAt(name)
                        .thenApply(seal -> new Look(name, true, seal))
                        .exceptionallyCompose(failure -> Failures.unwrapped(failure) instanceof ObjectNotFoundException
                                ? CompletableFuture.completedFuture(new Look(name, false, Optional.empty()))
                                : CompletableFuture.failedFuture(failure)));
    }
}
