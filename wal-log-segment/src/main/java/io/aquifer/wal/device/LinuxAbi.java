package io.aquifer.wal.device;

/**
 * Numbers of Linux that differ from one processor architecture to the next.
 *
 * @param directFlag the value of {@code O_DIRECT}
 * @param ioSetup number of the system call io_setup(2), and so on
 */
record LinuxAbi(int directFlag, int ioSetup, int ioDestroy, int ioSubmit, int ioGetevents) {

    private static final LinuxAbi X86_64 = new LinuxAbi(040000, 206, 207, 209, 208);
    private static final LinuxAbi AARCH64 = new LinuxAbi(0200000, 0, 1, 2, 4);

    /** @throws UnsupportedOperationException for a system whose numbers aren't known */
    static LinuxAbi of(boolean linux, String architecture) {
        if (linux && architecture.equals("x86-64")) {
            return X86_64;
        }
        if (linux && architecture.equals("aarch64")) {
            return AARCH64;
        }
        throw new UnsupportedOperationException("Direct I/O was asked for on " + (linux ? "Linux" : "an unknown system")
                + " on " + architecture + ". Aquifer's WAL needs Linux on x86-64 or aarch64: run the broker there.");
    }
}
