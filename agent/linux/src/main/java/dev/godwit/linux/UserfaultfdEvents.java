package dev.godwit.linux;

import java.nio.ByteBuffer;

/**
 * Reads what a {@link RemoteUserfaultfd} reports, up to 64 messages at once, without allocating. {@code struct uffd_msg}
 * of {@code linux/userfaultfd.h}:
 *
 * <pre>
 *  0       8                 16                24              32
 *  |event  | flags           | address         | thread        |  page fault
 *  |event  | fd of the child |                                 |  fork
 *  |event  | from            | to              | length        |  remap
 *  |event  | start           | end             |               |  remove, unmap
 * </pre>
 */
public final class UserfaultfdEvents implements AutoCloseable {
    /** A thread waits for a page. */
    public static final int PAGEFAULT = 0x12;
    /** The process forked; the child's missing pages come through a descriptor of their own. */
    public static final int FORK = 0x13;
    /** A range was moved, with the pages that are there. */
    public static final int REMAP = 0x14;
    /** A range was given back but stays mapped: its pages are zeros from now on. */
    public static final int REMOVE = 0x15;
    /** A range is not mapped any more. */
    public static final int UNMAP = 0x16;

    private static final int MESSAGE_BYTES = 32;
    private static final int MESSAGES = 64;

    private final NativeBuffer memory = NativeBuffer.shared(MESSAGES * MESSAGE_BYTES);
    private final ByteBuffer fields = memory.slice(0, MESSAGES * MESSAGE_BYTES);
    private int count;

    /**
     * Reads what has come, without waiting. Who caused an event other than a page fault goes on with that.
     *
     * @return number of messages, none if nothing has come or the process has ended
     * @throws SystemCallException if the descriptor cannot be read
     */
    public int read(RemoteUserfaultfd from) {
        count = 0;
        long got = PlainLibC.read(from.fd(), memory.address(), MESSAGES * MESSAGE_BYTES);
        if (got < 0) {
            int errno = PlainLibC.errno();
            if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
                throw new SystemCallException("read of a userfaultfd", errno);
            }
            return 0;
        }
        count = (int) (got / MESSAGE_BYTES);
        return count;
    }

    /** True if there may be more to read than fitted. */
    public boolean isFull() {
        return count == MESSAGES;
    }

    /** What the message is: one of the constants. */
    public int event(int index) {
        return fields.get(index * MESSAGE_BYTES) & 0xff;
    }

    /** Address that a thread waits for. */
    public long faultAddress(int index) {
        return fields.getLong(index * MESSAGE_BYTES + 16);
    }

    /** Descriptor of a forked child, for {@link RemoteUserfaultfd#ofDescriptor}; the reader must close it. */
    public int childDescriptor(int index) {
        return fields.getInt(index * MESSAGE_BYTES + 8);
    }

    /** First address of what was moved, removed or unmapped. */
    public long start(int index) {
        return fields.getLong(index * MESSAGE_BYTES + 8);
    }

    /** Address behind what was removed or unmapped; where a moved range begins now. */
    public long endOrTarget(int index) {
        return fields.getLong(index * MESSAGE_BYTES + 16);
    }

    /** Size of what was moved, in bytes. */
    public long movedBytes(int index) {
        return fields.getLong(index * MESSAGE_BYTES + 24);
    }

    @Override
    public void close() {
        memory.close();
    }
}
