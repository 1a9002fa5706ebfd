package dev.godwit.agent.heap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Memory that does not change, read page by page and kept: a table walk then costs one system call for each page. */
final class PagedMemory implements VmMemory {
    private static final int PAGE_BYTES = 4096;
    private static final int MAX_STRING_BYTES = 1024;

    private final SafeMemory memory;
    private final Map<Long, ByteBuffer> pages = new HashMap<>();

    PagedMemory(SafeMemory memory) {
        this.memory = memory;
    }

    @Override
    public byte getByte(long address) {
        return page(address, Byte.BYTES).get((int) (address & (PAGE_BYTES - 1)));
    }

    @Override
    public int getInt(long address) {
        return page(address, Integer.BYTES).getInt((int) (address & (PAGE_BYTES - 1)));
    }

    @Override
    public long getLong(long address) {
        return page(address, Long.BYTES).getLong((int) (address & (PAGE_BYTES - 1)));
    }

    /**
     * A zero-terminated string.
     *
     * @throws UnreadableVmException if it is not mapped or longer than {@value #MAX_STRING_BYTES} bytes
     */
    String string(long address) {
        byte[] bytes = new byte[MAX_STRING_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = getByte(address + i);
            if (bytes[i] == 0) {
                return new String(bytes, 0, i, StandardCharsets.ISO_8859_1);
            }
        }
        throw new UnreadableVmException("no end of the string at 0x" + Long.toHexString(address));
    }

    private ByteBuffer page(long address, int bytes) {
        if ((address & (PAGE_BYTES - 1)) + bytes > PAGE_BYTES) {
            throw new UnreadableVmException("the value at 0x" + Long.toHexString(address) + " is not aligned");
        }
        return pages.computeIfAbsent(
                address & -PAGE_BYTES,
                start -> ByteBuffer.wrap(memory.read(start, PAGE_BYTES)).order(ByteOrder.nativeOrder()));
    }
}
