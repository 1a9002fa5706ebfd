package dev.godwit.agent.heap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory read page by page and kept until {@link #refresh}: a walk through tables or objects that lie close together costs
 * one system call for each page.
 */
final class PagedMemory implements VmMemory {
    private static final int PAGE_BYTES = 4096;
    private static final int MAX_STRING_BYTES = 1024;

    /** Bounds what a VM can make its reader keep: 64 MiB. */
    private static final int MAX_PAGES = 16_384;

    private final Source source;
    private final Map<Long, ByteBuffer> pages = new HashMap<>();
    private long lastStart = -1;
    private ByteBuffer lastPage;

    /** Where the pages come from. */
    @FunctionalInterface
    interface Source {
        /**
         * Reads a range.
         *
         * @throws UnreadableVmException if not all of it is mapped
         */
        byte[] read(long address, int bytes);
    }

    PagedMemory(SafeMemory memory) {
        this(memory::read);
    }

    PagedMemory(Source source) {
        this.source = source;
    }

    @Override
    public void refresh() {
        pages.clear();
        lastStart = -1;
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
        long start = address & -PAGE_BYTES;
        if (start != lastStart) {
            if (pages.size() >= MAX_PAGES) {
                pages.clear();
            }
            lastPage = pages.computeIfAbsent(start, this::read);
            lastStart = start;
        }
        return lastPage;
    }

    private ByteBuffer read(long start) {
        return ByteBuffer.wrap(source.read(start, PAGE_BYTES)).order(ByteOrder.nativeOrder());
    }
}
