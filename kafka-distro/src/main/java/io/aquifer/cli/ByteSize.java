package io.aquifer.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as operators write and read them. A suffix stands for a power of 1024. */
final class ByteSize implements ITypeConverter<Long> {

    private static final String SUFFIXES = "KMGT";
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,18})([" + SUFFIXES + "]?)");

    @Override
    public Long convert(String value) {
        Matcher written = WRITTEN.matcher(value.toUpperCase(Locale.ROOT));
        if (!written.matches()) {
            throw new TypeConversionException(
                    "'" + value + "' is no size: write bytes, or a whole number followed by K, M, G or T, as in 10G");
        }
        int power = written.group(2).isEmpty() ? 0 : SUFFIXES.indexOf(written.group(2)) + 1;
        long number = Long.parseLong(written.group(1));
        long unit = 1L << (10 * power);
        if (number == 0 || number > Long.MAX_VALUE / unit) {
            throw new TypeConversionException("'" + value + "' is no size that a device can have");
        }
        return number * unit;
    }

    /** The exact number, and a rounded one where that is easier to read: {@code 8589934592 bytes (8.0 GiB)}. */
    static String inWords(long bytes) {
        return bytes < 1L << 10 ? bytes + " bytes" : bytes + " bytes (" + rounded(bytes) + ")";
    }

    /** {@code 8.0 GiB}, or {@code 17 B}. */
    static String rounded(long bytes) {
        int power = 0;
        while (power < SUFFIXES.length() && bytes >= 1L << (10 * (power + 1))) {
            power++;
        }
        if (power == 0) {
            return bytes + " B";
        }
        return String.format(
                Locale.ROOT, "%.1f %siB", bytes / (double) (1L << (10 * power)), SUFFIXES.charAt(power - 1));
    }
}
