package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * Functions of the C library, mapped directly: no object is made per call. Pointers are addresses. The thread is in
 * native code during a call, so that a call never holds up a safepoint.
 */
final class LibC {
    static final int O_RDONLY = 0;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x8_0000;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MADV_DONTNEED = 4;

    static {
        NativeAccess.initialise();
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    static native int open(String path, int flags) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native int ioctl(int fd, long request, long argument) throws LastErrorException;

    /** Arguments that a system call does not have are ignored by the kernel; pass zeros. */
    static native long syscall(long number, long first, long second, long third, long fourth, long fifth, long sixth)
            throws LastErrorException;

    static long syscall(long number, long first) {
        return syscall(number, first, 0, 0, 0, 0, 0);
    }

    static native int kill(int pid, int signal) throws LastErrorException;

    static native int memfd_create(String name, int flags) throws LastErrorException;

    static native int ftruncate(int fd, long length) throws LastErrorException;

    static native int fchmod(int fd, int mode) throws LastErrorException;

    static native int fcntl(int fd, int command, long argument) throws LastErrorException;

    static native long lseek(int fd, long offset, int whence) throws LastErrorException;

    static native int fallocate(int fd, int mode, long offset, long length) throws LastErrorException;

    static native int setsid() throws LastErrorException;

    static native long mmap(long address, long length, int protection, int flags, int fd, long offset)
            throws LastErrorException;

    static native int munmap(long address, long length) throws LastErrorException;

    static native int madvise(long address, long length, int advice) throws LastErrorException;

    static native long sysconf(int name) throws LastErrorException;

    static native long process_vm_writev(
            int pid, long local, long localCount, long remote, long remoteCount, long flags) throws LastErrorException;

    static native long process_vm_readv(int pid, long local, long localCount, long remote, long remoteCount, long flags)
            throws LastErrorException;
}
