package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;

/**
 * A userfaultfd of the own process in asynchronous write-protect mode: the kernel lets a write to a protected page
 * through after marking the page written, and nobody has to serve faults. Linux 6.7 on x86-64; numbers and layouts are
 * those of {@code linux/userfaultfd.h}.
 *
 * <p>Registering does not protect anything yet: {@link Pagemap#scanWritten} does, for the pages that it reports. Closing
 * the descriptor, or the end of the process, takes every protection away.
 */
public final class Userfaultfd implements AutoCloseable {
    private final int fd;
    private final boolean userModeOnly;
    private final NativeBuffer argument;
    private final ByteBuffer fields;
    private boolean open = true;

    private Userfaultfd(int fd, boolean userModeOnly) {
        this.fd = fd;
        this.userModeOnly = userModeOnly;
        this.argument = NativeBuffer.shared(32);
        this.fields = argument.slice(0, 32);
    }

    /**
     * Opens a descriptor and agrees on the features. Without the privilege to handle faults of the kernel it asks for
     * user-mode faults only, which is enough: asynchronous write-protection has no faults to handle.
     *
     * @throws SystemCallException with {@code ENOSYS} or {@code EPERM} if the kernel has no userfaultfd or a filter
     *     forbids it, {@code EINVAL} if it lacks asynchronous write-protection
     * @throws NativeAccessException if the system call's number is not known here
     */
    public static Userfaultfd open() {
        int number = Architecture.current().userfaultfd();
        int flags = LibC.O_CLOEXEC | LibC.O_NONBLOCK;
        Userfaultfd opened;
        try {
            opened = new Userfaultfd((int) LibC.syscall(number, flags), false);
        } catch (LastErrorException refused) {
            if (refused.getErrorCode() != Errno.EPERM) {
                throw new SystemCallException("userfaultfd", refused.getErrorCode());
            }
            opened = openUserModeOnly(number, flags);
        }
        try {
            opened.agree();
            return opened;
        } catch (RuntimeException failure) {
            opened.close();
            throw failure;
        }
    }

    private static Userfaultfd openUserModeOnly(int number, int flags) {
        try {
            return new Userfaultfd((int) LibC.syscall(number, flags | UserfaultfdApi.USER_MODE_ONLY), true);
        } catch (LastErrorException refused) {
            throw new SystemCallException("userfaultfd(UFFD_USER_MODE_ONLY)", refused.getErrorCode());
        }
    }

    private void agree() {
        fields.putLong(0, UserfaultfdApi.API_VERSION)
                .putLong(8, UserfaultfdApi.TRACKING_FEATURES)
                .putLong(16, 0);
        call("UFFDIO_API with write-protect features", UserfaultfdApi.API);
        long granted = fields.getLong(8);
        if ((granted & UserfaultfdApi.FEATURE_WP_ASYNC) == 0) {
            throw new SystemCallException(
                    "UFFDIO_API: no asynchronous write-protection in features=0x" + Long.toHexString(granted),
                    Errno.EINVAL);
        }
    }

    /** True if the descriptor was granted for faults of user mode only. */
    public boolean isUserModeOnly() {
        return userModeOnly;
    }

    /**
     * Registers a range for write-protection. Registering it again does nothing. Splits mappings at its ends.
     *
     * @throws SystemCallException {@code EPERM} for a mapping that may never be written, {@code EBUSY} if another
     *     userfaultfd has it, {@code EINVAL} if a mapping in it cannot be registered, {@code ENOMEM} at the limit of
     *     mappings
     */
    public void register(long start, long end) {
        fields.putLong(0, start)
                .putLong(8, end - start)
                .putLong(16, UserfaultfdApi.MODE_WP)
                .putLong(24, 0);
        call("UFFDIO_REGISTER", start, end, UserfaultfdApi.REGISTER);
    }

    /** Takes protection and registration from a range; no harm where it was not registered. */
    public void unregister(long start, long end) {
        fields.putLong(0, start).putLong(8, end - start);
        call("UFFDIO_UNREGISTER", start, end, UserfaultfdApi.UNREGISTER);
    }

    private void call(String what, long start, long end, long request) {
        try {
            LibC.ioctl(fd, request, argument.address());
        } catch (LastErrorException failure) {
            throw new SystemCallException(
                    what + " start=0x" + Long.toHexString(start) + " end=0x" + Long.toHexString(end),
                    failure.getErrorCode());
        }
    }

    private void call(String what, long request) {
        try {
            LibC.ioctl(fd, request, argument.address());
        } catch (LastErrorException failure) {
            throw new SystemCallException(what, failure.getErrorCode());
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            argument.close();
            LibC.close(fd);
        }
    }
}
