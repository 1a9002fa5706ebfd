package dev.godwit.hypervisor.cli;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of which it is known how much it writes: all of its working set again and again, some of a larger set, and what it
 * allocates. It catches up when it was kept from running, so that a busy machine does not change its rates.
 */
public final class SteadyProgram {
    /** Written all over several times a second. */
    static final int WORKING_SET_BYTES = 24 << 20;

    private static final int WORKING_SET_BYTES_PER_SECOND = 96 << 20;
    /** Written from its beginning to its end, slowly. */
    static final int SLOW_SET_BYTES = 32 << 20;

    private static final int SLOW_BYTES_PER_SECOND = 4 << 20;
    private static final int ALLOCATED_BYTES_PER_SECOND = 2 << 20;
    private static final int PAGE = 4096;

    private SteadyProgram() {}

    private static final class Writing {
        private final ByteBuffer memory;
        private final long bytesPerSecond;
        private long writtenPages;

        Writing(int bytes, long bytesPerSecond) {
            memory = ByteBuffer.allocateDirect(bytes);
            this.bytesPerSecond = bytesPerSecond;
            for (int at = 0; at < bytes; at += PAGE) {
                memory.putLong(at, at + 1L);
            }
        }

        void catchUp(long nanos) {
            long duePages = (long) (nanos / 1e9 * bytesPerSecond / PAGE);
            // More than all of it need not be written again.
            writtenPages = Math.max(writtenPages, duePages - memory.capacity() / PAGE);
            for (; writtenPages < duePages; writtenPages++) {
                memory.putLong((int) (writtenPages * PAGE % memory.capacity()), writtenPages + 1);
            }
        }
    }

    public static void main(String[] arguments) {
        Writing workingSet = new Writing(WORKING_SET_BYTES, WORKING_SET_BYTES_PER_SECOND);
        Writing slowSet = new Writing(SLOW_SET_BYTES, SLOW_BYTES_PER_SECOND);
        byte[][] kept = new byte[64][];
        long allocations = 0;
        System.out.println("running");
        long begin = System.nanoTime();
        while (true) {
            long nanos = System.nanoTime() - begin;
            workingSet.catchUp(nanos);
            slowSet.catchUp(nanos);
            for (; allocations * PAGE < nanos / 1e9 * ALLOCATED_BYTES_PER_SECOND; allocations++) {
                kept[(int) (allocations % kept.length)] = new byte[PAGE];
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
