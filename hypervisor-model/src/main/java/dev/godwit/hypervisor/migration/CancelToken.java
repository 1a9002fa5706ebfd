package dev.godwit.hypervisor.migration;

/** Asks a migration, from any thread and at any time, to give up. Too late once the destination runs. */
public final class CancelToken {
    private volatile boolean cancelled;

    /** Gives up; the source runs on. */
    public void cancel() {
        cancelled = true;
    }

    public boolean isCancelled() {
        return cancelled;
    }
}
