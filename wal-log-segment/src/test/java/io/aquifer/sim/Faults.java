package io.aquifer.sim;

/** How the synchronous calls of a {@link SimulatedBlockDevice} fare. Asked once per call, in the order of the calls. */
public interface Faults {

    /** Every call succeeds. */
    Faults NONE = new Faults() {};

    /** How one call fares. */
    enum Fate {
        SUCCEED,
        /** It throws. A write leaves any subset of its sectors, a read fills any beginning of its target. */
        FAIL,
        /** It does not return as long as the device is there. */
        HANG
    }

    default Fate write(long position, int length) {
        return Fate.SUCCEED;
    }

    default Fate read(long position, int length) {
        return Fate.SUCCEED;
    }

    default Fate sync() {
        return Fate.SUCCEED;
    }
}
