package dev.godwit.hypervisor.cli;

import java.util.Locale;

/** Figures as people read them; the locale of the user has no say, so that output can be compared. */
public final class Figures {
    private static final double MEBI = 1 << 20;
    private static final double NANOS_PER_SECOND = 1e9;

    private Figures() {}

    /** Such as {@code 12.5}, in MiB. */
    public static String mebibytes(double bytes) {
        return number(bytes / MEBI);
    }

    /** Such as {@code 12.5}, in MiB. */
    public static String mebibytes(long bytes) {
        return mebibytes((double) bytes);
    }

    /** Such as {@code 12.5 MiB} or {@code 1.50 GiB}. */
    public static String size(long bytes) {
        return bytes >= 1024 * MEBI
                ? String.format(Locale.ROOT, "%.2f GiB", bytes / (1024 * MEBI))
                : mebibytes(bytes) + " MiB";
    }

    /** Such as {@code 12.5 s}. */
    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / NANOS_PER_SECOND);
    }

    /** Such as {@code 12.5 ms}. */
    public static String milliseconds(long nanos) {
        return number(nanos / 1e6) + " ms";
    }

    /** Such as {@code 12.5 %}; a dash when there is nothing to take a share of. */
    public static String percent(double part, double whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * part / whole);
    }

    /** Such as {@code 12.5 %}; a dash when there is nothing to take a share of. */
    public static String percent(long part, long whole) {
        return percent((double) part, (double) whole);
    }

    /** Bytes per second over a time, zero when no time passed. */
    public static double perSecond(long amount, long nanos) {
        return nanos <= 0 ? 0 : (double) amount * NANOS_PER_SECOND / nanos;
    }

    /** One decimal. */
    public static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
