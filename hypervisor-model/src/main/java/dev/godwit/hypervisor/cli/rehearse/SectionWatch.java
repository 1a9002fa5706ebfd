package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.trace.JvmSignals;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Lets time pass, and sees meanwhile how long critical sections of a program are open. */
public final class SectionWatch {
    private static final long LOOK_MILLIS = 20;

    private static final long NONE = -1;

    private final InsideAgent agent;
    private long longestNanos;

    public SectionWatch(InsideAgent agent) {
        this.agent = agent;
    }

    /**
     * Watches for a while.
     *
     * @throws IOException if the agent is gone
     */
    public void watch(long nanos) throws IOException, InterruptedException {
        long until = System.nanoTime() + nanos;
        long noneOpenAt = NONE;
        while (System.nanoTime() < until) {
            JvmSignals now = agent.signals();
            if (now.openCriticalSections() == 0) {
                noneOpenAt = now.timeNanos();
            } else if (noneOpenAt != NONE) {
                // Of one that was open before nobody knows here since when.
                longestNanos = Math.max(longestNanos, now.timeNanos() - noneOpenAt);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** The longest time for which some were seen open without a break, too long by 20 ms at most on a machine that is not busy. */
    public long longestNanos() {
        return longestNanos;
    }
}
