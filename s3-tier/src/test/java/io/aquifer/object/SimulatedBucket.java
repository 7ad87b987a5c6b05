package io.aquifer.object;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated store holds. A test can look into it and change it as another process would. Several stores over one
 * bucket are several brokers.
 */
public final class SimulatedBucket {

    private final NavigableMap<String, Content> objects = new TreeMap<>();
    private final List<UnfinishedUpload> uploads = new ArrayList<>();
    private int begun;

    private static final class Content {
        private final byte[] bytes;
        private final Instant created;

        private Content(byte[] bytes, Instant created) {
            this.bytes = bytes;
            this.created = created;
        }
    }

    /** Keys of all objects. */
    public synchronized Set<String> keys() {
        return Set.copyOf(objects.keySet());
    }

    /** Bytes of an object that exists. */
    public synchronized byte[] bytes(String key) {
        return contentOf(key).bytes.clone();
    }

    /** Flips bits of a byte of an object that exists. */
    public synchronized void damage(String key, int position) {
        contentOf(key).bytes[position] ^= 0x55;
    }

    /** Removes an object, if it exists. */
    public synchronized void remove(String key) {
        objects.remove(key);
    }

    /** Begins an upload that nobody goes on with. */
    public synchronized UnfinishedUpload beginUpload(String key, Instant now) {
        UnfinishedUpload upload = new UnfinishedUpload(key, "upload-" + begun++, now);
        uploads.add(upload);
        return upload;
    }

    /** Creates an object as any writer would. */
    public synchronized PutResult create(String key, byte[] bytes, Instant now) {
        Content existing = objects.putIfAbsent(key, new Content(bytes.clone(), now));
        if (existing == null) {
            return PutResult.CREATED;
        }
        return Arrays.equals(existing.bytes, bytes) ? PutResult.SAME_EXISTS : PutResult.OTHER_EXISTS;
    }

    synchronized byte @Nullable [] find(String key) {
        Content content = objects.get(key);
        return content == null ? null : content.bytes;
    }

    synchronized @Nullable StoredObject head(String key) {
        Content content = objects.get(key);
        return content == null ? null : stored(key, content);
    }

    synchronized ObjectPage list(String prefix, @Nullable String startAfter, int maxKeys) {
        String from = startAfter == null || startAfter.compareTo(prefix) < 0 ? prefix : startAfter;
        List<StoredObject> found = objects.tailMap(from, !from.equals(startAfter)).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .limit(maxKeys + 1L)
                .map(entry -> stored(entry.getKey(), entry.getValue()))
                .toList();
        return found.size() > maxKeys ? new ObjectPage(found.subList(0, maxKeys), true) : new ObjectPage(found, false);
    }

    synchronized UnfinishedUploadPage listUploads(String prefix, @Nullable UnfinishedUpload after) {
        List<UnfinishedUpload> found = uploads.stream()
                .filter(upload -> upload.key().startsWith(prefix))
                .sorted(Comparator.comparing(UnfinishedUpload::key).thenComparing(UnfinishedUpload::id))
                .filter(upload -> after == null
                        || upload.key().compareTo(after.key()) > 0
                        || (upload.key().equals(after.key()) && upload.id().compareTo(after.id()) > 0))
                .toList();
        return new UnfinishedUploadPage(found, false);
    }

    synchronized void abort(UnfinishedUpload upload) {
        uploads.removeIf(each -> each.id().equals(upload.id()));
    }

    private Content contentOf(String key) {
        Content content = objects.get(key);
        if (content == null) {
            throw new AssertionError("there is no '" + key + "' among " + objects.keySet());
        }
        return content;
    }

    private static StoredObject stored(String key, Content content) {
        return new StoredObject(key, content.bytes.length, Instant.ofEpochSecond(content.created.getEpochSecond()));
    }
}
