package dev.godwit.linux;

/** A system call that failed. The message names the call and the errno. */
public final class SystemCallException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    SystemCallException(String call, int errno) {
        super(call + " failed: " + Errno.name(errno));
        this.errno = errno;
    }

    /** Error number, see {@link Errno}. */
    public int errno() {
        return errno;
    }
}
