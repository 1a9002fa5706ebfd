package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.util.concurrent.locks.LockSupport;

/** Stops a process by {@code SIGSTOP}: it counts as stopped when every thread is in state T, not only the first one. */
final class SignalStopper implements ProcessPause.Stopper {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final long PARK_NANOS = 100_000;

    private final int pid;
    private boolean sent;

    private SignalStopper(int pid) {
        this.pid = pid;
    }

    static SignalStopper of(long pid) {
        int number = Math.toIntExact(pid);
        try {
            LibC.kill(number, 0);
        } catch (LastErrorException failure) {
            throw new SystemCallException("kill(" + pid + ", 0)", failure.getErrorCode());
        }
        return new SignalStopper(number);
    }

    @Override
    public synchronized void stop(long deadlineNanos) {
        try {
            LibC.kill(pid, SIGSTOP);
        } catch (LastErrorException failure) {
            throw new SystemCallException("kill(" + pid + ", SIGSTOP)", failure.getErrorCode());
        }
        sent = true;
        for (int tid : ProcessTasks.list(pid)) {
            awaitStop(tid, deadlineNanos);
        }
        // A thread that was being made is stopped with the process, but may not have been listed.
        for (int tid : ProcessTasks.list(pid)) {
            awaitStop(tid, deadlineNanos);
        }
    }

    private void awaitStop(int tid, long deadlineNanos) {
        while (true) {
            char state = ProcessTasks.state(pid, tid);
            boolean stands = state == 'T' || state == 't';
            if (stands || state == 'Z' || state == 'X' || state == ' ') {
                return;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new StopException("thread " + tid + " of process " + pid + " (" + ProcessTasks.describe(pid, tid)
                        + ") did not stop in time");
            }
            LockSupport.parkNanos(PARK_NANOS);
        }
    }

    @Override
    public synchronized void proceed() {
        if (sent) {
            sent = false;
            PlainLibC.kill(pid, SIGCONT);
        }
    }

    @Override
    public void close() {
        proceed();
    }
}
