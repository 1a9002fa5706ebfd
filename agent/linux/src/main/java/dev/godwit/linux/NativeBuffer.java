package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Zeroed memory straight from {@code mmap}, outside the Java heap and outside malloc.
 *
 * <p>A {@linkplain #shared shared} one is not private memory of the process: a tracker of private pages does not see its
 * own buffers change. A closed buffer must not be touched again: its addresses are unmapped.
 */
public final class NativeBuffer implements AutoCloseable {
    private final long address;
    private final long bytes;
    private boolean open = true;

    private NativeBuffer(long address, long bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    /**
     * Memory for the own use of a tracker or sampler.
     *
     * @param bytes size, rounded up to pages
     * @throws SystemCallException if there is not that much
     */
    public static NativeBuffer shared(long bytes) {
        return map(bytes, LibC.MAP_SHARED | LibC.MAP_ANONYMOUS);
    }

    /** Ordinary private memory, as malloc uses: for self-tests. */
    public static NativeBuffer privateMemory(long bytes) {
        return map(bytes, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS);
    }

    private static NativeBuffer map(long bytes, int flags) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes=" + bytes);
        }
        long length = PageSize.roundUp(bytes);
        try {
            long address = LibC.mmap(0, length, LibC.PROT_READ | LibC.PROT_WRITE, flags, -1, 0);
            return new NativeBuffer(address, length);
        } catch (LastErrorException failure) {
            throw new SystemCallException("mmap of " + length + " bytes", failure.getErrorCode());
        }
    }

    /** Where a direct buffer's first byte lies, whoever made it and whatever its position. */
    public static long addressOf(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
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
        if (offset < 0 || length < 0 || offset + length > bytes) {
            throw new IllegalArgumentException("offset=" + offset + " length=" + length + " bytes=" + bytes);
        }
        return new Pointer(address + offset).getByteBuffer(0, length).order(ByteOrder.nativeOrder());
    }

    /** Gives pages back to the kernel, {@code MADV_DONTNEED}: in private memory they read as zeros afterwards. */
    public void discard(long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > bytes) {
            throw new IllegalArgumentException("offset=" + offset + " length=" + length + " bytes=" + bytes);
        }
        try {
            LibC.madvise(address + offset, length, LibC.MADV_DONTNEED);
        } catch (LastErrorException failure) {
            throw new SystemCallException("madvise(MADV_DONTNEED)", failure.getErrorCode());
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            LibC.munmap(address, bytes);
        }
    }
}
