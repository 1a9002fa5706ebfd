package dev.godwit.bootstrap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What applications said about the content of their buffers. Holds no buffer.
 *
 * <p>Each declaration has a place outside the heap, at an address that stays, which holds its number as long as it
 * stands and zero from the moment on at which it is withdrawn: so that a hypervisor which has stopped the JVM can
 * read from outside what stands at that very moment. Numbers are never given twice, places are.
 */
public final class DeclaredBuffers {
    /** Most that stand at a time. */
    public static final int MOST = 4096;

    private static final VarHandle STANDING =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final ConcurrentSkipListMap<Integer, Declared> BY_NUMBER = new ConcurrentSkipListMap<>();
    private static final BitSet PLACES = new BitSet(MOST);

    /** Null where the JVM has no such memory to give. */
    private static final ByteBuffer OUTSIDE = allocate();

    private static int last;

    private DeclaredBuffers() {}

    private static ByteBuffer allocate() {
        try {
            return ByteBuffer.allocateDirect((MOST + 2) * Long.BYTES).alignedSlice(Long.BYTES);
        } catch (OutOfMemoryError limited) {
            return null;
        }
    }

    /**
     * A direct buffer, from its position to its limit.
     *
     * @param number rises from buffer to buffer
     * @param place where it says outside the heap whether it stands, see {@link #standing}
     * @param buffer cleared once the buffer cannot be reached any more
     * @param capacityStart position in the buffer at which the range starts
     * @param bytes length of the range
     * @param file that holds the same bytes; empty for one that may be discarded
     * @param fileOffset where in the file
     */
    public record Declared(
            int number,
            int place,
            WeakReference<ByteBuffer> buffer,
            int capacityStart,
            int bytes,
            String file,
            long fileOffset) {}

    /**
     * Something is said about a direct buffer.
     *
     * @param file absolute path of a file with the same bytes; null for a buffer whose content may be lost
     * @return its number for {@link #withdraw}; zero if it is not taken
     */
    public static synchronized int declare(ByteBuffer buffer, String file, long fileOffset) {
        if (buffer == null || !buffer.isDirect() || !buffer.hasRemaining() || BY_NUMBER.size() >= MOST) {
            return 0;
        }
        last++;
        int place = PLACES.nextClearBit(0);
        PLACES.set(place);
        BY_NUMBER.put(
                last,
                new Declared(
                        last,
                        place,
                        new WeakReference<>(buffer),
                        buffer.position(),
                        buffer.remaining(),
                        file == null ? "" : file,
                        fileOffset));
        stands(place, last);
        return last;
    }

    /** It does not hold any longer: not for one more instruction of whoever calls this. */
    public static synchronized void withdraw(int number) {
        Declared declared = BY_NUMBER.remove(number);
        if (declared != null) {
            stands(declared.place(), 0);
            PLACES.clear(declared.place());
        }
    }

    /** What holds, by number; buffers that are gone are left out from then on. */
    public static synchronized List<Declared> all() {
        for (Declared declared : List.copyOf(BY_NUMBER.values())) {
            if (declared.buffer().get() == null) {
                withdraw(declared.number());
            }
        }
        return List.copyOf(BY_NUMBER.values());
    }

    /** Says behind the last place who holds all that stands, so that none of it is freed; zero: nobody. */
    public static void holds(long number) {
        stands(MOST, number);
    }

    private static void stands(int place, long number) {
        if (OUTSIDE != null) {
            STANDING.setVolatile(OUTSIDE, place * Long.BYTES, number);
        }
    }

    /**
     * The numbers of the declarations that stand, by place, {@value #MOST} of 64 bits in native order, zero where
     * none does, and behind them the number of whoever holds them; as memory at an address that stays. A buffer that
     * nobody can reach any more is still among them until somebody looks. Null where the JVM had no such memory.
     */
    public static ByteBuffer standing() {
        return OUTSIDE == null ? null : OUTSIDE.asReadOnlyBuffer();
    }
}
