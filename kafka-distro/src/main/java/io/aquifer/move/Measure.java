package io.aquifer.move;

/** What a broker is to have its share of. */
public enum Measure {
    /** Bytes a second that are produced to the replicas on it. */
    PRODUCED("what is produced", 1, 64 << 10),
    /** Bytes a second that consumer groups get from the partitions that it leads. */
    CONSUMED("what is consumed", 1, 64 << 10),
    /** Replicas on it. They matter less than what they carry, and decide where nothing is carried. */
    PARTITIONS("the partitions", 0.5, 1);

    private final String text;
    private final double weight;
    private final double negligible;

    /** @param negligible how much is next to nothing for a broker, so that it isn't worth a move however it is spread */
    Measure(String text, double weight, double negligible) {
        this.text = text;
        this.weight = weight;
        this.negligible = negligible;
    }

    /** In a sentence. */
    public String inWords() {
        return text;
    }

    double weight() {
        return weight;
    }

    double negligible() {
        return negligible;
    }
}
