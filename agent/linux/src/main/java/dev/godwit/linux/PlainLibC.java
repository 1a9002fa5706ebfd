package dev.godwit.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * Functions of the C library whose failure is an ordinary answer: they give -1 and leave the number in {@link #errno},
 * where {@link LibC} makes an exception. Nothing is allocated by a call.
 */
final class PlainLibC {
    static final int POLLIN = 1;
    static final int POLLERR = 8;
    static final int POLLHUP = 16;

    static {
        NativeAccess.initialise();
        Native.register(PlainLibC.class, NativeLibrary.getProcess());
    }

    private PlainLibC() {}

    static native int ioctl(int fd, long request, long argument);

    static native long read(int fd, long buffer, long count);

    static native long write(int fd, long buffer, long count);

    static native int poll(long descriptors, long count, int timeoutMillis);

    static native int waitpid(int pid, long status, int options);

    static native int kill(int pid, int signal);

    static native int setpriority(int which, int who, int priority);

    static native long signal(int number, long handler);

    static native long syscall(long number, long first, long second, long third, long fourth, long fifth, long sixth);

    /** Error number of the last call of this thread that failed. */
    static int errno() {
        return Native.getLastError();
    }
}
