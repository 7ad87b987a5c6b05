package io.aquifer.sim;

/** The machine lost power, or the process was killed, in the middle of whatever it was doing. */
final class PowerLoss extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PowerLoss() {
        super("the machine lost power", null, false, false);
    }
}
