package io.aquifer.wal.device;

/** The kernel's number of a block device, by which /sys and /proc know it whatever its path. */
record DeviceNumber(int major, int minor) {

    /** From glibc's {@code dev_t} (makedev(3)), as file attributes have it. */
    static DeviceNumber of(long dev) {
        int major = (int) (((dev >>> 8) & 0xfff) | ((dev >>> 32) & ~0xfffL));
        int minor = (int) ((dev & 0xff) | ((dev >>> 12) & ~0xffL));
        return new DeviceNumber(major, minor);
    }

    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
