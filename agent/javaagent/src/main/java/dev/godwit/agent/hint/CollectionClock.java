package dev.godwit.agent.hint;

import java.lang.management.RuntimeMXBean;
import java.util.function.LongSupplier;

/**
 * How long ago a collection ended, from two clocks that begin at different moments. HotSpot counts the uptime from where the
 * process began to make the JVM, and the times of a collection from where the JVM was ready, and tells neither moment. On a
 * 2-core x86-64 VM with Linux 6.18 there were 34 to 84 ms between them with Serial and G1 on JDK 17 and 25, 250 to 340 ms with
 * ZGC ({@code getUptime() - getLastGcInfo().getEndTime()} right after {@code System.gc()}).
 *
 * <p>What tells the difference is the uptime less the time of day since {@link RuntimeMXBean#getStartTime}, which is the time of
 * day at which the JVM was ready. If somebody has set the time of day since, that is wrong; it is held between nothing and the
 * least that was ever seen between a collection's end and the uptime after it.
 */
final class CollectionClock {
    private static final int READINGS = 5;

    private long aheadMillis;

    /** @param aheadMillis how much more the uptime tells than the time since the JVM was ready, as far as known */
    CollectionClock(long aheadMillis) {
        this.aheadMillis = Math.max(0, aheadMillis);
    }

    /**
     * Finds out how far the two are apart.
     *
     * @param uptimeMillis the JVM's uptime
     * @param readyMillis the time of day at which it was ready
     */
    static CollectionClock of(LongSupplier uptimeMillis, LongSupplier timeOfDayMillis, long readyMillis) {
        long ahead = 0;
        // A thread that loses its processor between the two readings sees too little, never too much.
        for (int i = 0; i < READINGS; i++) {
            long uptime = uptimeMillis.getAsLong();
            ahead = Math.max(ahead, uptime - (timeOfDayMillis.getAsLong() - readyMillis));
        }
        return new CollectionClock(ahead);
    }

    /**
     * Since the last collection, exact to some milliseconds; since the JVM began, if there was none.
     *
     * @param uptimeMillis now
     * @param endMillis when the last collection ended, of those that ended before {@code uptimeMillis} was read; 0 if there was none
     */
    long sinceMillis(long uptimeMillis, long endMillis) {
        if (endMillis == 0) {
            return Math.max(0, uptimeMillis);
        }
        aheadMillis = Math.max(0, Math.min(aheadMillis, uptimeMillis - endMillis));
        return Math.max(0, uptimeMillis - endMillis - aheadMillis);
    }
}
