package dev.godwit.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Stops a whole process, sure that every thread of it stands, and lets it go on.
 *
 * <p>Three mechanisms, the best that works is taken: the freezer of cgroup v2 (the process's parent sees nothing of it;
 * needs the right to make a cgroup below that of the process), {@code ptrace} of every thread (x86-64; not for a child of
 * this JVM), {@code SIGSTOP} (its parent sees it). Measured on a 2-core x86-64 VM with Linux 6.18 and 24 to 69 threads,
 * median until all threads stand: freezer 1.0 ms, ptrace 0.4 to 2 ms, SIGSTOP 3.3 ms.
 *
 * <p>{@link #close} and the end of this JVM let the process go on. After {@code kill -9} of this JVM a traced process
 * goes on by itself; a frozen or stopped one does not: {@link #recover} helps it, which the guardian process calls.
 */
public final class ProcessPause implements AutoCloseable {
    /** Ways to stop a process, best first. */
    public enum Mechanism {
        FREEZER,
        PTRACE,
        SIGNAL
    }

    private final long pid;
    private final Mechanism mechanism;
    private final Stopper stopper;
    private final Thread hook;
    private boolean paused;
    private boolean open = true;

    private ProcessPause(long pid, Mechanism mechanism, Stopper stopper) {
        this.pid = pid;
        this.mechanism = mechanism;
        this.stopper = stopper;
        this.hook = new Thread(stopper::close, "godwit-pause-undo");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * With the best mechanism that works for the process. It is not stopped yet; with the freezer it has been moved to a
     * cgroup of its own, below the one it was in.
     *
     * @throws StopException if none works, with the reason of each
     */
    public static ProcessPause of(long pid) {
        List<String> reasons = new ArrayList<>();
        for (Mechanism mechanism : Mechanism.values()) {
            try {
                return of(pid, mechanism);
            } catch (StopException | SystemCallException | NativeAccessException | IllegalArgumentException failure) {
                reasons.add(mechanism + ": " + failure.getMessage());
            }
        }
        throw new StopException("process " + pid + " cannot be paused: " + String.join("; ", reasons));
    }

    /**
     * With a given mechanism.
     *
     * @throws StopException if it does not work for the process, with the reason
     */
    public static ProcessPause of(long pid, Mechanism mechanism) {
        if (pid == ProcessHandle.current().pid()) {
            throw new IllegalArgumentException("process " + pid + " is the own one and cannot pause itself");
        }
        Stopper stopper = switch (mechanism) {
            case FREEZER -> CgroupFreezer.of(pid);
            case PTRACE -> PtraceStopper.of(pid);
            case SIGNAL -> SignalStopper.of(pid);
        };
        return new ProcessPause(pid, mechanism, stopper);
    }

    /**
     * Lets a process go on that a killed JVM left frozen or stopped by a pause: thaws it and moves it back. No harm if
     * nothing was left.
     *
     * @throws StopException if it was left frozen and cannot be thawed
     */
    public static void recover(long pid) {
        try {
            CgroupFreezer.recover(pid);
        } catch (IOException failure) {
            throw new StopException("process " + pid + " cannot be thawed", failure);
        }
    }

    /** What stops the process. */
    public Mechanism mechanism() {
        return mechanism;
    }

    /** True between {@link #pause} and {@link #resume}. */
    public synchronized boolean isPaused() {
        return paused;
    }

    /**
     * Stops the process; every thread stands when this returns.
     *
     * @param limitNanos after which it is let go again
     * @return how long it took, in nanoseconds
     * @throws StopException if a thread did not stop in time; the process runs
     */
    public synchronized long pause(long limitNanos) {
        if (!open || paused) {
            throw new IllegalStateException("process " + pid + (open ? " is paused already" : ": pause is closed"));
        }
        long begin = System.nanoTime();
        try {
            stopper.stop(begin + limitNanos);
        } catch (RuntimeException failure) {
            stopper.proceed();
            throw failure;
        }
        paused = true;
        return System.nanoTime() - begin;
    }

    /**
     * Lets the process go on; no harm if it is not paused.
     *
     * @return how long it took, in nanoseconds
     */
    public synchronized long resume() {
        long begin = System.nanoTime();
        if (paused) {
            stopper.proceed();
            paused = false;
        }
        return System.nanoTime() - begin;
    }

    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        paused = false;
        stopper.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endsAnyway) {
            // The JVM is going down; the hook does nothing twice.
        }
    }

    /** One way to stop a process. */
    interface Stopper extends AutoCloseable {
        /** Returns when every thread stands, or throws {@link StopException} at the deadline of the nano clock. */
        void stop(long deadlineNanos);

        /** Lets the process go on, stopped or half stopped. */
        void proceed();

        /** Lets the process go on and takes every trace away; may be called more than once and by any thread. */
        @Override
        void close();
    }
}
