package io.aquifer.rebuild;

import io.aquifer.format.ClusterKeys;
import io.aquifer.format.CollectionRecord;
import io.aquifer.format.CompositePiece;
import io.aquifer.format.Composites;
import io.aquifer.format.SegmentInfo;
import io.aquifer.format.SegmentPart;
import io.aquifer.format.WalObjectName;
import io.aquifer.object.ObjectStore;
import io.aquifer.object.PutResult;
import io.aquifer.object.StoreWait;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Composite segments on their way to being counted on.
 *
 * <p>Garbage collection may have condemned a WAL object between its being read and its being named by a composite segment. So
 * all are created first, and then the newest record is read: if one names a condemned object, they are
 * taken back. A collector either
 * sees a composite segment before it deletes, or its record is seen here.
 *
 * <p>Not thread-safe.
 */
final class CompositePublication {

    private final ObjectStore store;
    private final ClusterKeys keys;
    private final Composites composites;
    /** What was created, and what it is made of. */
    private final Map<SegmentInfo, List<CompositePiece>> created = new LinkedHashMap<>();

    CompositePublication(ObjectStore store, ClusterKeys keys) {
        this.store = store;
        this.keys = keys;
        this.composites = new Composites(store, keys);
    }

    /** How many were created. */
    int size() {
        return created.size();
    }

    /** Creates one, which isn't to be counted on before {@link #confirm}. */
    void create(SegmentInfo info, Map<SegmentPart, ByteBuffer> parts, List<CompositePiece> pieces) throws IOException {
        if (StoreWait.untilDone(composites.create(info, parts, pieces)) == PutResult.OTHER_EXISTS) {
            throw new IOException(
                    "'" + keys.composite(info.name()) + "' in " + store.name() + " exists and was never made");
        }
        created.put(info, pieces);
    }

    /**
     * Returns when all that was created may be counted on.
     *
     * @param record the newest of garbage collection, read after the last was created
     * @throws CondemnedObjectException if one named what is condemned; all that was created is gone again
     */
    void confirm(CollectionRecord record) throws IOException {
        for (Map.Entry<SegmentInfo, List<CompositePiece>> made : created.entrySet()) {
            Optional<WalObjectName> condemned = made.getValue().stream()
                    .map(CompositePiece::object)
                    .filter(record::condemns)
                    .findFirst();
            if (condemned.isPresent()) {
                takeBack();
                throw new CondemnedObjectException("record " + record.number() + " of garbage collection condemns "
                        + condemned.get() + ", which '"
                        + keys.composite(made.getKey().name())
                        + "' was made of: it was taken back");
            }
        }
    }

    private void takeBack() throws IOException {
        StoreWait.untilDone(store.delete(created.keySet().stream()
                .map(info -> keys.composite(info.name()))
                .toList()));
        created.clear();
    }
}
