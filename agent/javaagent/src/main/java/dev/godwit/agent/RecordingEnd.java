package dev.godwit.agent;

import dev.godwit.agent.record.StopSignal;
import dev.godwit.trace.TraceEnd;
import java.time.Duration;

/** Ends a recording in good order when the JVM ends, without holding it up for long. */
final class RecordingEnd {
    private final StopSignal signal;
    private final long longestWaitNanos;
    private final Thread hook;

    /**
     * @param longestWait longer than the recording takes to end; a trace without its end matters less than a program that does
     *     not end
     */
    RecordingEnd(StopSignal signal, Duration longestWait) {
        this.signal = signal;
        this.longestWaitNanos = longestWait.toNanos();
        this.hook = new Thread(null, this::stopAndWait, "godwit-agent-end", 0, false);
    }

    /** Asks the JVM to tell when it ends; false if it is ending already. */
    boolean register() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** The recording is over and everything closed. */
    void reached() {
        signal.filesAreDone();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending; the hook waits no more.
        }
    }

    private void stopAndWait() {
        try {
            signal.stopAndWait(TraceEnd.Reason.PROGRAM_ENDED, longestWaitNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
