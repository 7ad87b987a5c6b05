package io.aquifer.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C of what is in objects. */
final class Checksum {

    /** The polynomial, with the coefficient of the highest power, but for x^32, in the lowest bit. */
    private static final int POLYNOMIAL = 0x82f63b78;

    /** The polynomial 1 in that order of bits. */
    private static final int ONE = 1 << 31;

    /** The remainders of x to the power of 8, 16, 32 and so on: what 1, 2, 4 and more bytes of zeros multiply a CRC by. */
    private static final int[] ZEROS = zeros();

    private Checksum() {}

    /** Of {@code length} bytes from {@code offset} of the buffer's beginning. Position and limit stay. */
    static int of(ByteBuffer buffer, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(offset, length));
        return (int) crc.getValue();
    }

    /** The same, with the four bytes at {@code hole} taken as zero. */
    static int withHole(ByteBuffer buffer, int offset, int length, int hole) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(offset, hole - offset));
        crc.update(new byte[Integer.BYTES]);
        crc.update(buffer.slice(hole + Integer.BYTES, offset + length - hole - Integer.BYTES));
        return (int) crc.getValue();
    }

    /**
     * Of two runs of bytes one behind the other, without reading them: a CRC is a remainder, so that of the first is
     * multiplied by x to the power of the bits that follow.
     *
     * @param length of the second run, in bytes
     */
    static int joined(int first, int second, int length) {
        int factor = ONE;
        for (int bit = 0; bit < Integer.SIZE - 1; bit++) {
            if ((length >>> bit & 1) != 0) {
                factor = product(factor, ZEROS[bit]);
            }
        }
        return product(first, factor) ^ second;
    }

    private static int[] zeros() {
        int[] zeros = new int[Integer.SIZE - 1];
        zeros[0] = ONE >>> Byte.SIZE;
        for (int i = 1; i < zeros.length; i++) {
            zeros[i] = product(zeros[i - 1], zeros[i - 1]);
        }
        return zeros;
    }

    /** Of two polynomials, modulo that of CRC32C. */
    private static int product(int left, int right) {
        int sum = 0;
        int multiple = right;
        for (int power = Integer.SIZE - 1; power >= 0; power--) {
            if ((left >>> power & 1) != 0) {
                sum ^= multiple;
            }
            multiple = (multiple & 1) == 0 ? multiple >>> 1 : multiple >>> 1 ^ POLYNOMIAL;
        }
        return sum;
    }
}
