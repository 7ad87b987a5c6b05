package io.aquifer.format;

/**
 * Of which broker's WAL, in which of its epochs, a sequence of WAL objects is.
 *
 * @param nodeId of the broker, 0 or more
 * @param epoch 0 or more
 */
public record WalEpoch(int nodeId, long epoch) implements Comparable<WalEpoch> {

    public WalEpoch {
        if (nodeId < 0 || epoch < 0) {
            throw new IllegalArgumentException("epoch " + epoch + " of the WAL of broker " + nodeId);
        }
    }

    /** The sequence that an object is part of. */
    public static WalEpoch of(WalObjectName name) {
        return new WalEpoch(name.nodeId(), name.epoch());
    }

    @Override
    public int compareTo(WalEpoch other) {
        int byNode = Integer.compare(nodeId, other.nodeId);
        return byNode == 0 ? Long.compare(epoch, other.epoch) : byNode;
    }
}
