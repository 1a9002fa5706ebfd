package dev.godwit.hypervisor.sim;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Processor time of the calling thread, for what is measured in real time. A replay never asks it. */
public final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ProcessorTime() {}

    /** Nanoseconds that the calling thread has had a processor. */
    public static long ofThisThreadNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
