package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory without a name in the file system that two processes share: {@code memfd_create(2)}, mapped shared. Only the
 * owner may open it, and its size is sealed, so that nobody can take pages away from under a mapping. Pages cost memory
 * once they are written; the rest reads as zeros.
 */
public final class SharedMemory implements AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_NOEXEC_SEAL = 8;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;
    private static final int F_SEAL_SEAL = 1;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;
    private static final int SEEK_END = 2;
    private static final int O_RDWR = 2;
    private static final int OWNER_ONLY = 0600;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int MADV_POPULATE_WRITE = 23;

    private final int fd;
    private final long address;
    private final long bytes;
    private boolean open = true;

    private SharedMemory(int fd, long address, long bytes) {
        this.fd = fd;
        this.address = address;
        this.bytes = bytes;
    }

    /**
     * Makes one of zeros.
     *
     * @param name shown in {@code /proc/PID/maps} behind {@code /memfd:}
     * @param bytes size, rounded up to pages
     */
    public static SharedMemory create(String name, long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes=" + bytes);
        }
        int fd = -1;
        try {
            fd = memfd(name);
            long length = PageSize.roundUp(bytes);
            LibC.fchmod(fd, OWNER_ONLY);
            LibC.ftruncate(fd, length);
            LibC.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
            return map(fd, length);
        } catch (LastErrorException failure) {
            closeIfOpen(fd);
            throw new SystemCallException("memfd of " + bytes + " bytes", failure.getErrorCode());
        }
    }

    private static int memfd(String name) {
        try {
            return LibC.memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
        } catch (LastErrorException old) {
            // The last flag came with Linux 6.3.
            return LibC.memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
    }

    /**
     * Opens one of another process, for good: it stays when that process ends.
     *
     * @param pid process that made it
     * @param fd its number there
     * @throws SystemCallException if it may not be opened, or is no memory whose size is sealed ({@code EINVAL})
     */
    public static SharedMemory open(long pid, int fd) {
        String path = "/proc/" + pid + "/fd/" + fd;
        int own = -1;
        try {
            own = LibC.open(path, O_RDWR | LibC.O_CLOEXEC);
            if ((LibC.fcntl(own, F_GET_SEALS, 0) & F_SEAL_SHRINK) == 0) {
                throw new LastErrorException(Errno.EINVAL);
            }
            return map(own, LibC.lseek(own, 0, SEEK_END));
        } catch (LastErrorException failure) {
            closeIfOpen(own);
            throw new SystemCallException("open " + path + " as shared memory", failure.getErrorCode());
        }
    }

    private static SharedMemory map(int fd, long bytes) {
        long address = LibC.mmap(0, bytes, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, fd, 0);
        return new SharedMemory(fd, address, bytes);
    }

    private static void closeIfOpen(int fd) {
        if (fd >= 0) {
            LibC.close(fd);
        }
    }

    /** Number of the descriptor, for {@link #open} in another process. */
    public int fd() {
        return fd;
    }

    /** First address, at a page boundary. */
    public long address() {
        return address;
    }

    /** Size in bytes, a multiple of the page size. */
    public long bytes() {
        return bytes;
    }

    /**
     * A part of the memory as a direct buffer in native byte order.
     *
     * @throws IllegalArgumentException if the part is not inside
     */
    public ByteBuffer slice(long offset, int length) {
        check(offset, length);
        return new Pointer(address + offset).getByteBuffer(0, length).order(ByteOrder.nativeOrder());
    }

    /**
     * Makes the pages of a part at once, so that they need not be made when every microsecond counts.
     *
     * @throws SystemCallException if there is not that much memory, or the kernel is older than 5.14 ({@code EINVAL})
     */
    public void populate(long offset, long length) {
        check(offset, length);
        try {
            LibC.madvise(address + offset, length, MADV_POPULATE_WRITE);
        } catch (LastErrorException failure) {
            throw new SystemCallException("MADV_POPULATE_WRITE of " + length + " bytes", failure.getErrorCode());
        }
    }

    /** Gives the memory of a part back; it reads as zeros afterwards, in every process. Whole pages. */
    public void discard(long offset, long length) {
        check(offset, length);
        try {
            LibC.fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, offset, length);
        } catch (LastErrorException failure) {
            throw new SystemCallException("fallocate(FALLOC_FL_PUNCH_HOLE)", failure.getErrorCode());
        }
    }

    private void check(long offset, long length) {
        if (offset < 0 || length < 0 || offset > bytes - length) {
            throw new IllegalArgumentException("offset=" + offset + " length=" + length + " bytes=" + bytes);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            LibC.munmap(address, bytes);
            LibC.close(fd);
        }
    }
}
