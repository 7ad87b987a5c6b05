package io.aquifer.cache;

/**
 * A chunk of an object.
 *
 * @param key of the object
 * @param index of the chunk, from 0
 */
record ChunkId(String key, long index) {}
