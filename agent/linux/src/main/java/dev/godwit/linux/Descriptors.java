package dev.godwit.linux;

import com.sun.jna.LastErrorException;

/** File descriptors of and from other processes; the numbers of the calls are the same on every architecture. */
public final class Descriptors {
    private static final int SYS_PIDFD_OPEN = 434;
    private static final int SYS_PIDFD_GETFD = 438;

    private Descriptors() {}

    /** A descriptor of a process, which polls as readable when the process has ended. */
    public static int ofProcess(long pid) {
        try {
            return (int) LibC.syscall(SYS_PIDFD_OPEN, pid);
        } catch (LastErrorException failure) {
            throw new SystemCallException("pidfd_open pid=" + pid, failure.getErrorCode());
        }
    }

    /** A duplicate of a descriptor of another process, which needs the right to trace it. Closed on exec. */
    static int take(long pid, int fd) {
        int process = ofProcess(pid);
        try {
            return (int) LibC.syscall(SYS_PIDFD_GETFD, process, fd, 0, 0, 0, 0);
        } catch (LastErrorException failure) {
            throw new SystemCallException("pidfd_getfd pid=" + pid + " fd=" + fd, failure.getErrorCode());
        } finally {
            LibC.close(process);
        }
    }
}
