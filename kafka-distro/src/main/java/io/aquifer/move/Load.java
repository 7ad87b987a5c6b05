package io.aquifer.move;

/**
 * What replicas carry.
 *
 * @param produced bytes a second
 * @param consumed bytes a second
 * @param partitions number of replicas
 */
public record Load(double produced, double consumed, double partitions) {

    static final Load NONE = new Load(0, 0, 0);

    Load plus(Load other) {
        return new Load(produced + other.produced, consumed + other.consumed, partitions + other.partitions);
    }

    /** How much it is by one measure. */
    public double by(Measure measure) {
        return switch (measure) {
            case PRODUCED -> produced;
            case CONSUMED -> consumed;
            case PARTITIONS -> partitions;
        };
    }
}
