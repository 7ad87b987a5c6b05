package io.aquifer.format;

import java.nio.ByteBuffer;

/**
 * Says that a step of a takeover is done; its key says which one.
 *
 * <p>Big-endian. Magic, version and checksum keep their places in every version:
 *
 * <pre>
 * offset size
 *      0    8  magic "AQUIFTKM"
 *      8    2  version, 1
 *     10    2  zero
 *     12    4  CRC32C of the whole object, this field taken as zero
 *     16    4  node id of the broker that did it, or -1 when none did
 * </pre>
 *
 * @param by node id of the broker that did it, or -1
 */
record TakeoverMark(int by) {

    private static final int SIZE = 20;
    private static final ObjectHeader HEADER = new ObjectHeader(
            0x41515549_46544b4dL, 1, "mark of a takeover", "Look for what else writes under this prefix");

    ByteBuffer toBytes() {
        return HEADER.seal(HEADER.begin(SIZE).putInt(by));
    }
}
