package io.aquifer.kafkatests;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** A stream that tells where it differs from what is expected. */
final class ComparedInputStream extends InputStream {

    private final InputStream actual;
    private final InputStream expected;
    private final long length;
    private final Consumer<String> trouble;
    private long position;

    /**
     * @param actual what is read
     * @param expected what it should say, and perhaps more
     * @param length of {@code actual}, as expected
     * @param trouble takes a sentence that says what differs
     */
    ComparedInputStream(InputStream actual, InputStream expected, long length, Consumer<String> trouble) {
        this.actual = actual;
        this.expected = expected;
        this.length = length;
        this.trouble = trouble;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        int read = actual.read(target, offset, count);
        if (read < 0) {
            if (position != length) {
                trouble.accept("ends after " + position + " bytes, not after " + length);
            }
            return read;
        }
        byte[] wanted = expected.readNBytes(read);
        int differs = Arrays.mismatch(wanted, 0, wanted.length, target, offset, offset + read);
        if (differs >= 0) {
            trouble.accept("differs at byte " + (position + differs));
        }
        position += read;
        if (position > length) {
            trouble.accept("goes on after " + length + " bytes");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        try (expected) {
            actual.close();
        }
    }
}
