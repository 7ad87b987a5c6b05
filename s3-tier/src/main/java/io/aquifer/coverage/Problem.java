package io.aquifer.coverage;

/**
 * Something in the bucket that isn't as it should be. Nothing that it may concern is deleted.
 *
 * @param key of the object
 * @param what was found, as a sentence
 */
public record Problem(String key, String what) {}
