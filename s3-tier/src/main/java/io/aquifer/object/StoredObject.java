package io.aquifer.object;

import java.time.Instant;

/**
 * An object in the store.
 *
 * @param key whole
 * @param length in bytes
 * @param lastModified when it was created, by the store's clock, to the second
 */
public record StoredObject(String key, long length, Instant lastModified) {}
