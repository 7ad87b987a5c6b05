package io.aquifer.wal.device;

/** What an operator may ask for. There is no way to ask for writes that aren't durable. */
public enum DurabilitySetting {

    /** {@link Durability#WRITE_THROUGH} where the kernel says that it is enough, else {@link Durability#SYNC}. */
    AUTO,

    /** {@link Durability#DSYNC}, whatever the device says. */
    DSYNC,

    /** {@link Durability#SYNC}, whatever the device says. */
    SYNC;

    /** @param volatileCache whether the device may lose a write that has returned */
    Durability resolve(boolean volatileCache) {
        return switch (this) {
            case AUTO -> volatileCache ? Durability.SYNC : Durability.WRITE_THROUGH;
            case DSYNC -> Durability.DSYNC;
            case SYNC -> Durability.SYNC;
        };
    }
}
