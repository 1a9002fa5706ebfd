package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;

/**
 * A userfaultfd of another process, held by this one: it was made in that process by an injected system call, taken over
 * and closed there, so that the process itself has nothing that it did not have before. Linux 6.7 on x86-64.
 *
 * <p>It tracks writes as {@link Userfaultfd} does (mode {@link #WRITES}, with {@link Pagemap#scanWritten}), and it serves
 * pages that are missing ({@link #MISSING}): a thread that touches one waits until {@link #copy} or {@link #zero} brings
 * it. When the last holder closes it or ends, all registrations go: missing pages then read as zeros. Not thread-safe.
 */
public final class RemoteUserfaultfd implements AutoCloseable {
    /** Registers a range for pages that are missing. */
    public static final int MISSING = (int) UserfaultfdApi.MODE_MISSING;
    /** Registers a range for write tracking. */
    public static final int WRITES = (int) UserfaultfdApi.MODE_WP;

    private static final long SYS_USERFAULTFD = 323;
    private static final long SYS_CLOSE = 3;
    private static final long CALL_LIMIT_NANOS = 5_000_000_000L;
    private static final int COPIED = 32;
    private static final int ZEROED = 24;
    private static final int ARGUMENT_BYTES = 40;

    private final int fd;
    private final boolean userModeOnly;
    private final NativeBuffer argument;
    private final ByteBuffer fields;
    private boolean open = true;

    private RemoteUserfaultfd(int fd, boolean userModeOnly) {
        this.fd = fd;
        this.userModeOnly = userModeOnly;
        this.argument = NativeBuffer.shared(ARGUMENT_BYTES);
        this.fields = argument.slice(0, ARGUMENT_BYTES);
    }

    /**
     * Makes one for write tracking alone: no event is ever queued and nobody has to read. A process without privileges
     * gets one for writes of user mode, which is enough: writes of the kernel are seen too.
     *
     * @param ptrace of the process; if it stands it stays so, else one thread is stopped for a moment
     * @throws SystemCallException what the process or the kernel refused: {@code EPERM} or {@code ENOSYS} without
     *     userfaultfd, {@code EINVAL} without asynchronous write-protection
     */
    public static RemoteUserfaultfd forTracking(Ptrace ptrace) {
        return open(ptrace, true, UserfaultfdApi.TRACKING_FEATURES);
    }

    /**
     * Makes one for tracking and for missing pages, with events: from the first registration on somebody must read
     * {@link UserfaultfdEvents}, as a thread of the process that unmaps, discards, moves or forks waits for that.
     *
     * @param ptrace of the process; if it stands it stays so, else one thread is stopped for a moment
     * @throws SystemCallException {@code EPERM} if the process is not privileged: it must run as root or have
     *     {@code CAP_SYS_PTRACE}, or {@code vm.unprivileged_userfaultfd} be 1
     */
    public static RemoteUserfaultfd forMissingPages(Ptrace ptrace) {
        return open(ptrace, false, UserfaultfdApi.TRACKING_FEATURES | UserfaultfdApi.EVENT_FEATURES);
    }

    /**
     * A second holder of one that another process has, such as the guardian: to register ranges, not to read.
     *
     * @param pid process that has it
     * @param fd its number there
     */
    public static RemoteUserfaultfd takeFrom(long pid, int fd) {
        return new RemoteUserfaultfd(Descriptors.take(pid, fd), false);
    }

    /** One for a descriptor that the kernel gave, of a forked child; it has its features already. */
    public static RemoteUserfaultfd ofDescriptor(int fd) {
        return new RemoteUserfaultfd(fd, false);
    }

    private static RemoteUserfaultfd open(Ptrace ptrace, boolean orUserModeOnly, long features) {
        boolean stood = ptrace.isStopped();
        RemoteUserfaultfd opened;
        try (SystemCallInjection injection = SystemCallInjection.into(ptrace, CALL_LIMIT_NANOS)) {
            opened = inject(injection, ptrace.pid(), orUserModeOnly);
        } finally {
            if (!stood) {
                ptrace.resume();
            }
        }
        try {
            opened.agree(features);
            return opened;
        } catch (RuntimeException failure) {
            opened.close();
            throw failure;
        }
    }

    private static RemoteUserfaultfd inject(SystemCallInjection injection, int pid, boolean orUserModeOnly) {
        int flags = LibC.O_CLOEXEC | LibC.O_NONBLOCK;
        boolean userModeOnly = false;
        int there;
        try {
            there = (int) injection.call("userfaultfd", SYS_USERFAULTFD, flags);
        } catch (SystemCallException refused) {
            if (refused.errno() != Errno.EPERM || !orUserModeOnly) {
                throw refused;
            }
            userModeOnly = true;
            there = (int) injection.call("userfaultfd", SYS_USERFAULTFD, flags | UserfaultfdApi.USER_MODE_ONLY);
        }
        try {
            return new RemoteUserfaultfd(Descriptors.take(pid, there), userModeOnly);
        } finally {
            injection.call("close", SYS_CLOSE, there);
        }
    }

    private void agree(long features) {
        fields.putLong(0, UserfaultfdApi.API_VERSION).putLong(8, features).putLong(16, 0);
        call("UFFDIO_API features=0x" + Long.toHexString(features), UserfaultfdApi.API);
        long missing = features & ~fields.getLong(8);
        if (missing != 0) {
            throw new SystemCallException("UFFDIO_API without features=0x" + Long.toHexString(missing), Errno.EINVAL);
        }
    }

    /** Number of the descriptor, for {@link #takeFrom} in another process. */
    public int fd() {
        return fd;
    }

    /** True if it was granted for faults of user mode only: enough for tracking, not for missing pages. */
    public boolean isUserModeOnly() {
        return userModeOnly;
    }

    /**
     * Registers a range. Registering it again with the same modes does nothing; other modes replace them.
     *
     * <p>Who registers a range for missing pages alone ends the tracking of its writes. The range is unregistered for that
     * first: the kernel takes the marks of the tracking from the pages when a tracked range is unregistered, and not when it
     * is registered anew, and the writes to a page that kept its mark are seen by no later tracker.
     *
     * @param modes {@link #MISSING}, {@link #WRITES} or their sum
     * @throws SystemCallException {@code EPERM} for a mapping that may never be written, {@code EBUSY} if another
     *     userfaultfd has it, {@code EINVAL} if a mapping in it cannot be registered or there is none, {@code ENOMEM} if
     *     the process has ended or is at its limit of mappings
     */
    public void register(long start, long end, int modes) {
        String what = text("UFFDIO_REGISTER modes=" + modes, start, end);
        fields.putLong(0, start).putLong(8, end - start).putLong(16, modes).putLong(24, 0);
        if ((modes & WRITES) == 0) {
            call(what + ", unregistering it first", UserfaultfdApi.UNREGISTER);
        }
        call(what, UserfaultfdApi.REGISTER);
    }

    /** Takes the registration from a range, and wakes who waits there. */
    public void unregister(long start, long end) {
        fields.putLong(0, start).putLong(8, end - start);
        call(text("UFFDIO_UNREGISTER", start, end), UserfaultfdApi.UNREGISTER);
    }

    /**
     * Makes all pages of a range count as written, whatever was known of them before.
     *
     * @param start of a range that is registered for {@link #WRITES} as a whole
     * @param bytes whole pages
     * @return 0, or the negative error number: {@link Errno#EAGAIN} an event has to be read first, {@link Errno#ENOENT} not
     *     all of it is registered, {@link Errno#ESRCH} the process has ended
     */
    public int countAsWritten(long start, long bytes) {
        fields.putLong(0, start).putLong(8, bytes).putLong(16, 0);
        return PlainLibC.ioctl(fd, UserfaultfdApi.WRITEPROTECT, argument.address()) == 0 ? 0 : -PlainLibC.errno();
    }

    /**
     * Brings pages that are missing, and wakes who waits for them.
     *
     * @param to address in the process, at a page
     * @param from address in the own process
     * @param bytes whole pages
     * @param tracked whether the pages are to be write-protected, so that a tracker sees the next write; needs a range
     *     registered for both
     * @return number of bytes brought, fewer than asked for where something is in the way behind them; or the negative
     *     error number if not even the first page could be: {@link Errno#EEXIST} it is there already, {@link
     *     Errno#EAGAIN} an event has to be read first, {@link Errno#ENOENT} the range is not registered or crosses the
     *     end of a mapping (with one page only the former), {@link Errno#ESRCH} the process has ended
     */
    public long copy(long to, long from, long bytes, boolean tracked) {
        fields.putLong(0, to)
                .putLong(8, from)
                .putLong(16, bytes)
                .putLong(24, tracked ? UserfaultfdApi.COPY_MODE_WP : 0)
                .putLong(COPIED, 0);
        return answer(UserfaultfdApi.COPY, bytes, COPIED);
    }

    /** Brings pages of zeros as {@link #copy} does, with the same answers. */
    public long zero(long to, long bytes) {
        fields.putLong(0, to).putLong(8, bytes).putLong(16, 0).putLong(ZEROED, 0);
        return answer(UserfaultfdApi.ZEROPAGE, bytes, ZEROED);
    }

    private long answer(long request, long bytes, int done) {
        if (PlainLibC.ioctl(fd, request, argument.address()) == 0) {
            return bytes;
        }
        int errno = PlainLibC.errno();
        long part = fields.getLong(done);
        return part > 0 ? part : -errno;
    }

    /** Lets every thread that waits in the range try again. */
    public void wake(long start, long bytes) {
        fields.putLong(0, start).putLong(8, bytes);
        PlainLibC.ioctl(fd, UserfaultfdApi.WAKE, argument.address());
    }

    /**
     * False if the process has ended or executes another program: then the descriptor is of no more use.
     *
     * @param scratch address of a readable page of the own process
     */
    public boolean isAlive(long scratch) {
        // There is nothing at the lowest addresses, so nothing is copied.
        return copy(PageSize.bytes(), scratch, PageSize.bytes(), false) != -Errno.ESRCH;
    }

    private void call(String what, long request) {
        if (!open) {
            throw new IllegalStateException(what + ": the userfaultfd is closed");
        }
        try {
            LibC.ioctl(fd, request, argument.address());
        } catch (LastErrorException failure) {
            throw new SystemCallException(what, failure.getErrorCode());
        }
    }

    private static String text(String what, long start, long end) {
        return what + " start=0x" + Long.toHexString(start) + " end=0x" + Long.toHexString(end);
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
