package io.aquifer.coverage;

import io.aquifer.format.CompositeIndex;
import io.aquifer.format.SegmentName;
import io.aquifer.format.WalObjectName;
import java.util.Set;

/**
 * What is to be remembered of a composite segment.
 *
 * @param objects the WAL objects that its data lies in
 */
record CompositeSegment(SegmentName name, Set<WalObjectName> objects) {

    CompositeSegment {
        objects = Set.copyOf(objects);
    }

    static CompositeSegment of(CompositeIndex index) {
        return new CompositeSegment(index.info().name(), Set.copyOf(index.objects()));
    }
}
