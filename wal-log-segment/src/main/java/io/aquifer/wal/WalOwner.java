package io.aquifer.wal;

/** The broker that a WAL belongs to. */
public record WalOwner(String clusterId, int nodeId) {

    @Override
    public String toString() {
        return "node " + nodeId + " of cluster " + clusterId;
    }
}
