package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;

/**
 * One end of a pipe as a number, such as standard input, which never waits: for a loop that must not stop. Not
 * thread-safe.
 */
public final class PipeEnd implements AutoCloseable {
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private final int fd;
    private final NativeBuffer memory;
    private final ByteBuffer content;
    private int held;
    private boolean ended;

    /**
     * Takes over a descriptor.
     *
     * @param fd number of the descriptor
     * @param bytes size of the buffer between the pipe and the caller
     */
    public PipeEnd(int fd, int bytes) {
        this.fd = fd;
        this.memory = NativeBuffer.shared(bytes);
        this.content = memory.slice(0, bytes);
        try {
            LibC.fcntl(fd, F_SETFL, LibC.fcntl(fd, F_GETFL, 0) | LibC.O_NONBLOCK);
        } catch (LastErrorException failure) {
            memory.close();
            throw new SystemCallException("fcntl(O_NONBLOCK) fd=" + fd, failure.getErrorCode());
        }
    }

    public int fd() {
        return fd;
    }

    /** What was read, or is to be written: the first {@link #held} bytes count. */
    public ByteBuffer content() {
        return content;
    }

    /** Number of bytes read and not taken yet, or put and not written yet. */
    public int held() {
        return held;
    }

    /** True when the other end is closed. */
    public boolean isEnded() {
        return ended;
    }

    /** Reads what there is behind what is held. */
    public void fill() {
        if (held == content.capacity()) {
            return;
        }
        long got = PlainLibC.read(fd, memory.address() + held, content.capacity() - held);
        if (got > 0) {
            held += (int) got;
        } else {
            ended |= got == 0 || !isPassing(PlainLibC.errno());
        }
    }

    /** Takes bytes off the front. */
    public void take(int bytes) {
        if (bytes < 0 || bytes > held) {
            throw new IllegalArgumentException("bytes=" + bytes + " held=" + held);
        }
        for (int i = bytes; i < held; i++) {
            content.put(i - bytes, content.get(i));
        }
        held -= bytes;
    }

    /** True if there is room for so many bytes more. */
    public boolean hasRoom(int bytes) {
        return content.capacity() - held >= bytes;
    }

    /**
     * Puts bytes behind what is held; they are the caller's to fill in.
     *
     * @return where in {@link #content} they are
     */
    public int put(int bytes) {
        if (!hasRoom(bytes)) {
            throw new IllegalStateException("no room for " + bytes + " bytes");
        }
        int at = held;
        held += bytes;
        return at;
    }

    /** Writes what is held, as far as the pipe takes it. What nobody can read any more is thrown away. */
    public void flush() {
        while (held > 0) {
            long wrote = PlainLibC.write(fd, memory.address(), held);
            if (wrote > 0) {
                take((int) wrote);
            } else if (wrote < 0 && isPassing(PlainLibC.errno())) {
                return;
            } else {
                ended = true;
                held = 0;
            }
        }
    }

    private static boolean isPassing(int errno) {
        return errno == Errno.EAGAIN || errno == Errno.EINTR;
    }

    @Override
    public void close() {
        memory.close();
        LibC.close(fd);
    }
}
