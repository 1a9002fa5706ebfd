package dev.godwit.hypervisor.page;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds pages of zeros. A page of a Java heap is told by its first 64 bytes, since nearly none is zero. */
public final class ZeroPage {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int STRIDE = 8 * Long.BYTES;

    private ZeroPage() {}

    /**
     * True if all bytes of a range are zero.
     *
     * @param bytes holds the page
     * @param offset where it begins
     * @param length its size, a multiple of 64
     * @throws IllegalArgumentException if the range is none, or its length is no multiple of 64
     */
    public static boolean isZero(byte[] bytes, int offset, int length) {
        if (offset < 0 || length < 0 || length > bytes.length - offset || length % STRIDE != 0) {
            throw new IllegalArgumentException("page of " + length + " bytes from " + offset + " in " + bytes.length
                    + ": give a multiple of 64 that lies within");
        }
        int end = offset + length;
        for (int at = offset; at < end; at += STRIDE) {
            long any = (long) WORD.get(bytes, at)
                    | (long) WORD.get(bytes, at + 8)
                    | (long) WORD.get(bytes, at + 16)
                    | (long) WORD.get(bytes, at + 24)
                    | (long) WORD.get(bytes, at + 32)
                    | (long) WORD.get(bytes, at + 40)
                    | (long) WORD.get(bytes, at + 48)
                    | (long) WORD.get(bytes, at + 56);
            if (any != 0) {
                return false;
            }
        }
        return true;
    }
}
