package dev.godwit.hypervisor.migration.rehearse;

/**
 * Tells when a destination host has said nothing for too long while the program stands still or waits for a page.
 * Somebody looks now and then; between two looks only so much time counts as passes when this JVM is awake, because
 * on a machine that gives it no processor nobody says anything. Used by one thread.
 */
final class Silence {
    /**
     * What is too long. A host or a connection that ends is noticed at once; this is for one that is there and does
     * nothing. Whatever breaks, the program is to run on with all its memory within a second, and cutting the
     * connection, letting it go and bringing what it lacks take some of that: so it cannot be longer, on a busy
     * machine either. And it is less than the second after which the guardian brings a page by itself.
     */
    static final long NANOS = 800_000_000;

    /** From one look to the next. */
    static final long LOOK_NANOS = 50_000_000;

    private long silentNanos;
    private long lastLookNanos;

    /** @param nowNanos when it begins to look */
    Silence(long nowNanos) {
        lastLookNanos = nowNanos;
    }

    /**
     * Looks.
     *
     * @param silent true if somebody waits, and nothing was said since the last look
     * @return true if that has been so for too long
     */
    boolean isTooLong(boolean silent, long nowNanos) {
        silentNanos = silent ? silentNanos + Math.min(nowNanos - lastLookNanos, 2 * LOOK_NANOS) : 0;
        lastLookNanos = nowNanos;
        return silentNanos > NANOS - LOOK_NANOS;
    }

    /** How it is said. */
    static String text(String meanwhile) {
        return "the destination said nothing for " + NANOS / 1_000_000 + " ms while the program " + meanwhile;
    }
}
