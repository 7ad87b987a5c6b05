package io.aquifer.object;

/**
 * A range of an object that was read.
 *
 * @param offset of its first byte within the object
 * @param length in bytes
 * @param objectLength length of the whole object in bytes
 */
public record ObjectRange(long offset, int length, long objectLength) {

    public ObjectRange {
        if (offset < 0 || length < 0 || offset + length > objectLength) {
            throw new IllegalArgumentException(
                    length + " bytes at offset " + offset + " of an object of " + objectLength + " bytes");
        }
    }
}
