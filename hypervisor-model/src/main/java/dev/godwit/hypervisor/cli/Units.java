package dev.godwit.hypervisor.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Amounts with units, as people write them: {@code 1Gbit}, {@code 125MB/s}, {@code 100us}, {@code 4GiB}.
 *
 * <p>Amounts are positive and need a unit. Prefixes of bits, and of bytes without an {@code i}, are powers of 1000;
 * {@code KiB}, {@code MiB}, {@code GiB} are powers of 1024, and so are the bare letters that the JVM uses,
 * {@code 4g}.
 */
public final class Units {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([A-Za-zµμ/]+)");

    private static final Map<String, BigDecimal> BYTES = Map.ofEntries(
            unit("b", 1, 0, 0),
            unit("kb", 1000, 1, 0),
            unit("mb", 1000, 2, 0),
            unit("gb", 1000, 3, 0),
            unit("tb", 1000, 4, 0),
            unit("kib", 1024, 1, 0),
            unit("mib", 1024, 2, 0),
            unit("gib", 1024, 3, 0),
            unit("tib", 1024, 4, 0),
            unit("k", 1024, 1, 0),
            unit("m", 1024, 2, 0),
            unit("g", 1024, 3, 0),
            unit("t", 1024, 4, 0));

    private static final Map<String, BigDecimal> BITS = Map.ofEntries(
            unit("bit", 1000, 0, 3),
            unit("kbit", 1000, 1, 3),
            unit("mbit", 1000, 2, 3),
            unit("gbit", 1000, 3, 3),
            unit("tbit", 1000, 4, 3));

    private static final Map<String, BigDecimal> NANOS = Map.ofEntries(
            unit("ns", 1000, 0, 0),
            unit("us", 1000, 1, 0),
            unit("µs", 1000, 1, 0),
            unit("μs", 1000, 1, 0),
            unit("ms", 1000, 2, 0),
            unit("s", 1000, 3, 0),
            Map.entry("min", new BigDecimal("60000000000")),
            Map.entry("h", new BigDecimal("3600000000000")));

    private Units() {}

    /** A unit worth {@code base} to the {@code power}, divided by two {@code halvings} times. */
    private static Map.Entry<String, BigDecimal> unit(String name, int base, int power, int halvings) {
        return Map.entry(
                name,
                BigDecimal.valueOf(base).pow(power).divide(BigDecimal.valueOf(2).pow(halvings)));
    }

    /**
     * Bytes per second of a bandwidth.
     *
     * @throws IllegalArgumentException one line that says what is accepted
     */
    public static long bytesPerSecond(String text) {
        String accepted = "a positive bandwidth such as 1Gbit, 10Gbit, 100Mbit or 125MB/s";
        Amount amount = amount(text, accepted);
        String unit = amount.unit();
        BigDecimal worth = null;
        if (unit.endsWith("bps")) {
            worth = BITS.get(unit.substring(0, unit.length() - 2) + "it");
        } else if (unit.endsWith("bit") || unit.endsWith("bit/s")) {
            worth = BITS.get(unit.replace("/s", ""));
        } else if (unit.endsWith("b/s")) {
            worth = BYTES.get(unit.replace("/s", ""));
        }
        return whole(text, amount, worth, accepted);
    }

    /**
     * Nanoseconds of a duration.
     *
     * @throws IllegalArgumentException one line that says what is accepted
     */
    public static long nanos(String text) {
        String accepted = "a positive duration such as 100us, 300ms, 20s or 5min";
        Amount amount = amount(text, accepted);
        return whole(text, amount, NANOS.get(amount.unit()), accepted);
    }

    /**
     * Bytes of a size.
     *
     * @throws IllegalArgumentException one line that says what is accepted
     */
    public static long bytes(String text) {
        String accepted = "a positive size such as 512MiB, 4GiB or 16GiB";
        Amount amount = amount(text, accepted);
        return whole(text, amount, BYTES.get(amount.unit()), accepted);
    }

    private static Amount amount(String text, String accepted) {
        Matcher matcher = AMOUNT.matcher(text.strip());
        if (!matcher.matches()) {
            throw refused(text, accepted);
        }
        return new Amount(new BigDecimal(matcher.group(1)), matcher.group(2).toLowerCase(Locale.ROOT));
    }

    private static long whole(String text, Amount amount, BigDecimal worth, String accepted) {
        if (worth == null || amount.number().signum() <= 0) {
            throw refused(text, accepted);
        }
        BigDecimal value = amount.number().multiply(worth).setScale(0, RoundingMode.HALF_EVEN);
        if (value.signum() == 0 || value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw refused(text, accepted);
        }
        return value.longValueExact();
    }

    private static IllegalArgumentException refused(String text, String accepted) {
        return new IllegalArgumentException("\"" + text + "\" is not " + accepted);
    }

    private record Amount(BigDecimal number, String unit) {}

    /** For options that take a bandwidth; the value is in bytes per second. */
    public static final class Bandwidth implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return converted(value, Units::bytesPerSecond);
        }
    }

    /** For options that take a duration; the value is in nanoseconds. */
    public static final class Duration implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return converted(value, Units::nanos);
        }
    }

    /** For options that take a size; the value is in bytes. */
    public static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return converted(value, Units::bytes);
        }
    }

    private static long converted(String value, ToLongFunction<String> parser) {
        try {
            return parser.applyAsLong(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
