package io.aquifer.wal.device;

/** What an operator may ask for. There is no way to ask for writes that aren't durable. */
public enum DurabilitySetting {

    /**
     * {@link Durability#WRITE_THROUGH} where the kernel says that it is enough; else {@link Durability#AIO} on a raw device,
     * and {@link Durability#SYNC} on a file.
     */
    AUTO,

    /** {@link Durability#DSYNC}, whatever the device says. */
    DSYNC,

    /** {@link Durability#AIO}, whatever the device says. */
    AIO,

    /** {@link Durability#SYNC}, whatever the device says. */
    SYNC;

    /**
     * What to open a device with, if the kernel goes along.
     *
     * @param raw whether it is a block device, and not a file
     * @param volatileCache whether a block device may lose a write that has returned
     */
    Durability resolve(boolean raw, boolean volatileCache) {
        return switch (this) {
            case AUTO -> raw ? volatileCache ? Durability.AIO : Durability.WRITE_THROUGH : Durability.SYNC;
            case DSYNC -> Durability.DSYNC;
            case AIO -> Durability.AIO;
            case SYNC -> Durability.SYNC;
        };
    }
}
