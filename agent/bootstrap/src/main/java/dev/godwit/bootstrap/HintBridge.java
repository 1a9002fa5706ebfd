package dev.godwit.bootstrap;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where calls of the hint API arrive, and where the recorder finds them.
 *
 * <p>Hot methods read no clock: a call of {@code System.nanoTime} costs more than all that is done here. The recorder
 * publishes the time of its last reading instead.
 */
public final class HintBridge {
    /** Most slots there are, the one for all names too many included. Names come from the application: bounded. */
    public static final int MAX_SLOTS = 1024;

    /** Longest name kept. */
    public static final int MAX_NAME_LENGTH = 64;

    /** Name of the slot for all names that are too many. */
    public static final String OTHER = "(other)";

    /** See {@link #sectionCounts()}. */
    public static final int SECTION_COUNTS_STRIDE_BYTES = SectionCounts.STRIDE_BYTES;

    private static final ConcurrentHashMap<String, HintSlot> BY_NAME = new ConcurrentHashMap<>();

    /** Indexed by slot number; number zero is none. */
    private static final HintSlot[] SLOTS = new HintSlot[MAX_SLOTS + 1];

    private static volatile int count;
    private static volatile long readAt;

    private HintBridge() {}

    /** A section opens; returns the number of its slot, at least one. */
    public static int open(String name) {
        HintSlot slot = slot(name);
        slot.open(readAt);
        return slot.number();
    }

    /** A section of the slot closes. */
    public static void close(int number) {
        if (number > 0 && number <= MAX_SLOTS) {
            HintSlot slot = SLOTS[number];
            if (slot != null) {
                slot.close();
            }
        }
    }

    /** A safe point is reached. */
    public static void safePoint(String name) {
        slot(name).safePoint();
    }

    /** The application expects to be quiet for so long; zero: not any longer. */
    public static void quiet(String name, long expectedNanos) {
        slot(name).quiet(expectedNanos);
    }

    /** The application expects to be busy for so long; zero: not any longer. */
    public static void busy(String name, long expectedNanos) {
        slot(name).busy(expectedNanos);
    }

    /** Number of slots in use. */
    public static int count() {
        return count;
    }

    /**
     * A slot in use.
     *
     * @param number from 1 to {@link #count()}
     */
    public static HintSlot slot(int number) {
        return SLOTS[number];
    }

    /** What the recorder last gave to {@link #readAt(long)}, zero before. */
    public static long readAt() {
        return readAt;
    }

    /** The recorder has read all slots, or begins to; {@code System.nanoTime()}. */
    public static void readAt(long nanos) {
        readAt = nanos;
        TransactionHints.endForgotten(nanos);
        XaHints.endForgotten(nanos);
        RequestHints.endForgotten(nanos);
        TaskHints.say(nanos);
    }

    /**
     * The counts of sections of all slots, by {@link HintSlot#sections()}, as memory at an address that stays; that
     * of a slot begins {@link #SECTION_COUNTS_STRIDE_BYTES} behind that of the slot before, in native order. Null
     * where the JVM had no such memory.
     */
    public static ByteBuffer sectionCounts() {
        return SectionCounts.outside();
    }

    private static HintSlot slot(String name) {
        if (name != null && name.length() <= MAX_NAME_LENGTH) {
            HintSlot slot = BY_NAME.get(name);
            if (slot != null) {
                return slot;
            }
        }
        return slotOfNewOrLong(name == null ? "" : name);
    }

    private static HintSlot slotOfNewOrLong(String name) {
        String key = name.length() <= MAX_NAME_LENGTH ? name : name.substring(0, MAX_NAME_LENGTH);
        HintSlot slot = BY_NAME.get(key);
        if (slot != null) {
            return slot;
        }
        return count >= MAX_SLOTS ? SLOTS[MAX_SLOTS] : add(key);
    }

    /** Once for each name; the recorder never takes this lock. */
    private static synchronized HintSlot add(String key) {
        HintSlot known = BY_NAME.get(key);
        if (known != null) {
            return known;
        }
        if (count >= MAX_SLOTS) {
            return SLOTS[MAX_SLOTS];
        }
        int number = count + 1;
        boolean last = number == MAX_SLOTS;
        HintSlot slot = new HintSlot(number, last ? OTHER : printable(key));
        SLOTS[number] = slot;
        count = number;
        if (!last) {
            BY_NAME.put(key, slot);
        }
        return slot;
    }

    private static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return clean.toString();
    }
}
