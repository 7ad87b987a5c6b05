package io.aquifer.object;

import java.util.List;
import java.util.Optional;

/**
 * A page of a listing of unfinished uploads.
 *
 * @param uploads in the order of their keys
 * @param more whether there may be uploads beyond this page
 */
public record UnfinishedUploadPage(List<UnfinishedUpload> uploads, boolean more) {

    public UnfinishedUploadPage {
        uploads = List.copyOf(uploads);
        if (more && uploads.isEmpty()) {
            throw new IllegalArgumentException("a page without uploads can't be followed by another");
        }
    }

    /** The upload that the next page starts after, or nothing when this is the last one. */
    public Optional<UnfinishedUpload> next() {
        return more ? Optional.of(uploads.get(uploads.size() - 1)) : Optional.empty();
    }
}
