package io.aquifer.coverage;

import io.aquifer.format.WalObjectName;
import java.util.Comparator;

/** The order of WAL objects: by node, by epoch, by number. */
final class WalOrder {

    static final Comparator<WalObjectName> BY_NUMBER = Comparator.comparingInt(WalObjectName::nodeId)
            .thenComparingLong(WalObjectName::epoch)
            .thenComparingLong(WalObjectName::sequence);

    private WalOrder() {}
}
