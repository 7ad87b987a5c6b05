package io.aquifer.wal.upload;

import io.aquifer.wal.append.Custodian.Standing;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * For how long this process may take itself for the owner of its WAL: for the lease's length from the moment at which a request
 * was sent that proved it. By the answer's moment another may have taken the WAL over long since.
 *
 * <p>Whoever takes a WAL over seals its sequence and waits for the length of a lease, before it relies on what the device
 * holds. A proof that succeeded was sent before the seal was there; so the lease ends before that wait does.
 *
 * <p>Where the device itself is fenced there is nothing to wait for, and the lease isn't enforced: only an ownership that is
 * known to be lost counts.
 */
public final class Lease {

    private final LongSupplier clock;
    private final long lengthNanos;
    private final boolean enforced;
    private volatile boolean confirmed;
    private volatile long until;
    private volatile @Nullable OwnershipLostException loss;

    /**
     * @param clock nanoseconds that go on while the machine sleeps
     * @param enforced whether an ownership that isn't confirmed counts as lost
     */
    public Lease(LongSupplier clock, long lengthNanos, boolean enforced) {
        this.clock = clock;
        this.lengthNanos = lengthNanos;
        this.enforced = enforced;
    }

    long now() {
        return clock.getAsLong();
    }

    /** Its length in ms, or nothing when it isn't enforced. */
    OptionalLong lengthMs() {
        return enforced ? OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(lengthNanos)) : OptionalLong.empty();
    }

    /** How often it is to be confirmed while nothing is uploaded. */
    long renewalNanos() {
        return lengthNanos / 3;
    }

    /** The bucket has confirmed the ownership, by a request that was sent then. */
    synchronized void renew(long sentAt) {
        if (!confirmed || sentAt + lengthNanos - until > 0) {
            until = sentAt + lengthNanos;
        }
        confirmed = true;
    }

    /** The ownership is lost for good, unless it was before. */
    synchronized void lose(OwnershipLostException cause) {
        if (loss == null) {
            loss = cause;
        }
    }

    Standing standing() {
        if (loss != null) {
            return Standing.LOST;
        }
        if (!enforced) {
            return Standing.HELD;
        }
        if (!confirmed) {
            return Standing.UNCONFIRMED;
        }
        long late = clock.getAsLong() - until;
        if (late >= 0) {
            lose(expired(late));
            return Standing.LOST;
        }
        return Standing.HELD;
    }

    private OwnershipLostException expired(long lateNanos) {
        return new OwnershipLostException(
                "S3 hasn't confirmed for " + TimeUnit.NANOSECONDS.toMillis(lateNanos + lengthNanos)
                        + " ms, longer than aquifer.lease.ms=" + TimeUnit.NANOSECONDS.toMillis(lengthNanos)
                        + ", that this broker still owns its WAL, and with aquifer.fence=time another broker may be taking it"
                        + " over by now. Restart the broker when S3 can be reached; with aquifer.fence=device it would go on",
                null);
    }

    @Nullable
    OwnershipLostException loss() {
        return loss;
    }
}
