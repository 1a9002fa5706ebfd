package dev.godwit.hypervisor.network;

/**
 * How often a VM that has moved is announced. As QEMU does it: once at the moment at which it runs, then after a delay
 * that grows ({@code qemu_announce_timer_step} in {@code net/announce.c}).
 *
 * <p>Example: by QEMU's defaults five announcements, at 0, 50, 200, 450 and 800 ms.
 *
 * @param rounds announcements, 0 for none
 * @param initialNanos delay before the second
 * @param stepNanos by how much each delay is longer than the one before
 * @param maxNanos longest delay
 */
public record AnnouncementPolicy(int rounds, long initialNanos, long stepNanos, long maxNanos) {
    private static final long MS = 1_000_000;

    /** QEMU's {@code announce-rounds}, {@code -initial}, {@code -step} and {@code -max}. */
    public static final AnnouncementPolicy QEMU = new AnnouncementPolicy(5, 50 * MS, 100 * MS, 550 * MS);

    /** Nobody is told. */
    public static final AnnouncementPolicy NONE = new AnnouncementPolicy(0, 0, 0, 0);

    public AnnouncementPolicy {
        if (rounds < 0 || initialNanos < 0 || stepNanos < 0 || maxNanos < 0) {
            throw new IllegalArgumentException("rounds=" + rounds + " initialNanos=" + initialNanos + " stepNanos="
                    + stepNanos + " maxNanos=" + maxNanos + ": give figures of zero or more");
        }
    }

    /**
     * Delay before an announcement.
     *
     * @param announced how many there were already, one or more
     */
    public long delayNanos(int announced) {
        return Math.min(initialNanos + (announced - 1) * stepNanos, maxNanos);
    }
}
