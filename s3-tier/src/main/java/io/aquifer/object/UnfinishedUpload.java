package io.aquifer.object;

import java.time.Instant;

/**
 * A multipart upload that was begun and neither finished nor aborted.
 *
 * @param key of the object it was to become
 * @param id by which the store knows it
 * @param begun when it began, by the store's clock
 */
public record UnfinishedUpload(String key, String id, Instant begun) {}
