package io.aquifer.cache;

import java.io.IOException;

/** What objects of tests hold: at each position of each key another byte, so that a byte from elsewhere is recognised. */
final class Content {

    private Content() {}

    static byte at(String key, long position) {
        long mixed = ((position + 1) * 0x9E3779B97F4A7C15L) ^ (key.hashCode() * 0xC2B2AE3D27D4EB4FL);
        return (byte) (((mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L) >>> 56);
    }

    static byte[] of(String key, long from, long to) {
        byte[] bytes = new byte[(int) (to - from)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = at(key, from + i);
        }
        return bytes;
    }

    /** An object that holds this content, and whose chunks are compared with it. */
    static CachedObject object(String key, long length) {
        return new CachedObject(key, length, (offset, chunk) -> {
            for (int i = 0; i < chunk.remaining(); i++) {
                if (chunk.get(i) != at(key, offset + i)) {
                    throw new IOException("byte " + (offset + i) + " of '" + key + "' isn't what was written");
                }
            }
        });
    }
}
