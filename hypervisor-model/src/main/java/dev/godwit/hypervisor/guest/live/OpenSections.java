package dev.godwit.hypervisor.guest.live;

import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.SystemCallException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * Reads from outside how many critical sections are open in a JVM that stands: at that moment, while what its agent told before
 * may have changed by the time the last thread stood. Where the counts lie is the agent's word, and is checked.
 */
record OpenSections(ProcessMemory memory, InsideAgent.SectionCounts where) {
    private static final int MOST_COUNTS = 1 << 14;
    private static final int LARGEST_STRIDE_BYTES = 4096;
    private static final long OPEN_NOW_MASK = (1L << 24) - 1;

    /**
     * Checks where they are said to lie.
     *
     * @throws IllegalArgumentException if there cannot be such counts; one line
     */
    OpenSections {
        if (where.count() < 1
                || where.count() > MOST_COUNTS
                || where.strideBytes() < Long.BYTES
                || where.strideBytes() > LARGEST_STRIDE_BYTES
                || where.address() <= 0) {
            throw new IllegalArgumentException("no counts of sections can lie there: " + where);
        }
    }

    /** How many are open; empty if that memory cannot be read. */
    OptionalLong count() {
        long bytes = (long) (where.count() - 1) * where.strideBytes() + Long.BYTES;
        try (NativeBuffer copy = NativeBuffer.shared(bytes)) {
            if (memory.read(where.address(), copy.address(), bytes) < bytes) {
                return OptionalLong.empty();
            }
            ByteBuffer counts = copy.slice(0, (int) bytes);
            long open = 0;
            for (int i = 0; i < where.count(); i++) {
                open += counts.getLong(i * where.strideBytes()) & OPEN_NOW_MASK;
            }
            return OptionalLong.of(open);
        } catch (SystemCallException gone) {
            return OptionalLong.empty();
        }
    }
}
