package dev.godwit.agent.record;

import dev.godwit.trace.TraceEnd;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends a recording from another thread. Only while the recording has files that would be left behind, or a trace that
 * lacks its end, is it to be waited for; told to stop before it creates any, it never does.
 */
public final class StopSignal {
    private final Thread recorder;
    private TraceEnd.Reason reason;
    private boolean hasFiles;

    /** For a recording on the given thread. */
    public StopSignal(Thread recorder) {
        this.recorder = recorder;
    }

    /** Tells the recording to end, and returns at once. */
    public synchronized void stop(TraceEnd.Reason why) {
        reason = reason == null ? why : reason;
        LockSupport.unpark(recorder);
    }

    /** Tells the recording to end, and waits until it leaves nothing unfinished behind, at most so long. */
    public synchronized void stopAndWait(TraceEnd.Reason why, long mostNanos) throws InterruptedException {
        stop(why);
        long until = System.nanoTime() + mostNanos;
        for (long left = mostNanos; hasFiles && left > 0; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Why the recording is to end, if it is. */
    public synchronized Optional<TraceEnd.Reason> given() {
        return Optional.ofNullable(reason);
    }

    /** Asked by the recording before it creates files; false if it is to end instead. */
    public synchronized boolean mayCreateFiles() {
        hasFiles = reason == null;
        return hasFiles;
    }

    /** The files are gone, or complete. */
    public synchronized void filesAreDone() {
        hasFiles = false;
        notifyAll();
    }
}
