package io.aquifer.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/**
 * What is to become an object: bytes of a known length that can be read anywhere, again, and by several threads at once.
 * They don't change while they are read.
 */
public interface ObjectContent {

    /** In bytes. */
    long length();

    /**
     * Fills all that remains of {@code target} from {@code position} within the content; the position of {@code target} is
     * then its limit. May block.
     *
     * @throws IOException if any of the bytes could not be read
     */
    void read(long position, ByteBuffer target) throws IOException;

    /** All that remains in {@code buffer}, which isn't copied. */
    static ObjectContent of(ByteBuffer buffer) {
        return new BufferContent(buffer.slice());
    }

    /**
     * A range of a file. A file that turns out to be shorter fails the read.
     *
     * @param offset of the range in the file, in bytes
     * @param length in bytes
     */
    static ObjectContent of(FileChannel file, long offset, long length) {
        return new FileContent(file, offset, length);
    }

    /** The pieces one after the other. */
    static ObjectContent concat(List<ObjectContent> pieces) {
        return new ConcatenatedContent(pieces);
    }
}
