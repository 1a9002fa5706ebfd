package dev.godwit.hypervisor.network;

import java.util.Locale;

/** Ethernet addresses, in the lower 48 bits of a {@code long}. */
public final class MacAddress {
    /** To everyone. */
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    /** The prefix under which QEMU gives addresses to its guests. */
    private static final long LOCAL_PREFIX = 0x5254_0000_0000L;

    private MacAddress() {}

    /** A locally administered unicast address, one of 2^32. */
    public static long numbered(int number) {
        return LOCAL_PREFIX | Integer.toUnsignedLong(number);
    }

    /** For messages: {@code 52:54:00:00:00:01}. */
    public static String describe(long address) {
        StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(String.format(Locale.ROOT, "%02x", address >>> shift & 0xFF));
            text.append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }
}
