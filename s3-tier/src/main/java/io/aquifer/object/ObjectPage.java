package io.aquifer.object;

import java.util.List;
import java.util.Optional;

/**
 * A page of a listing.
 *
 * @param objects in the order of their keys
 * @param more whether there may be objects beyond this page. A page can be shorter than asked and not be the last
 */
public record ObjectPage(List<StoredObject> objects, boolean more) {

    public ObjectPage {
        objects = List.copyOf(objects);
        if (more && objects.isEmpty()) {
            throw new IllegalArgumentException("a page without objects can't be followed by another");
        }
    }

    /** The key that the next page starts after, or nothing when this is the last one. */
    public Optional<String> next() {
        return more ? Optional.of(objects.get(objects.size() - 1).key()) : Optional.empty();
    }
}
