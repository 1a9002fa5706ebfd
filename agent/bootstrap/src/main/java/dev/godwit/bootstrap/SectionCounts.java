package dev.godwit.bootstrap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counts of sections of all slots, one in each cache line. They lie outside the heap, at an address that stays, so that a
 * hypervisor which has stopped the JVM can read from outside what is open at that very moment.
 */
final class SectionCounts {
    /** From one slot's count to the next one's. */
    static final int STRIDE_BYTES = 64;

    private static final int SLOTS = HintBridge.MAX_SLOTS + 1;
    private static final int STRIDE = STRIDE_BYTES / Long.BYTES;
    private static final VarHandle COUNT = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Null where the JVM has no such memory to give. */
    private static final ByteBuffer OUTSIDE = allocate();

    private static final AtomicLongArray INSIDE = OUTSIDE == null ? new AtomicLongArray(SLOTS * STRIDE) : null;

    private SectionCounts() {}

    private static ByteBuffer allocate() {
        try {
            return ByteBuffer.allocateDirect((SLOTS + 1) * STRIDE_BYTES).alignedSlice(STRIDE_BYTES);
        } catch (OutOfMemoryError limited) {
            return null;
        }
    }

    static long get(int number) {
        return OUTSIDE == null ? INSIDE.get(number * STRIDE) : (long) COUNT.getVolatile(OUTSIDE, number * STRIDE_BYTES);
    }

    static long getAndAdd(int number, long more) {
        return OUTSIDE == null
                ? INSIDE.getAndAdd(number * STRIDE, more)
                : (long) COUNT.getAndAdd(OUTSIDE, number * STRIDE_BYTES, more);
    }

    static boolean compareAndSet(int number, long expected, long value) {
        return OUTSIDE == null
                ? INSIDE.compareAndSet(number * STRIDE, expected, value)
                : COUNT.compareAndSet(OUTSIDE, number * STRIDE_BYTES, expected, value);
    }

    /** All of them, in native order; null if they lie in the heap. */
    static ByteBuffer outside() {
        return OUTSIDE == null ? null : OUTSIDE.asReadOnlyBuffer();
    }
}
