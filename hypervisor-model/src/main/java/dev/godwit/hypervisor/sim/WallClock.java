package dev.godwit.hypervisor.sim;

/** Real time, for what happens in real time: connections to other processes. A replay never asks it. */
public final class WallClock {
    private WallClock() {}

    /** Nanoseconds from an arbitrary moment on; never runs backwards. */
    public static long nanos() {
        return System.nanoTime();
    }
}
