package dev.godwit.agent.pages;

import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.Pagemap;
import dev.godwit.linux.Userfaultfd;
import java.nio.ByteBuffer;

/**
 * Writes to some of eight pages and looks whether exactly these are reported. A kernel that accepts every call may still
 * lack what makes them work.
 */
final class WriteProtectSelfTest {
    private static final int PAGES = 8;
    private static final int WRITTEN_PAGE = 5;

    private WriteProtectSelfTest() {}

    static void run(Userfaultfd userfaultfd, Pagemap pagemap) {
        int page = PageSize.bytes();
        try (NativeBuffer memory = NativeBuffer.privateMemory((long) PAGES * page)) {
            ByteBuffer bytes = memory.slice(0, PAGES * page);
            for (int i = 0; i < PAGES; i++) {
                bytes.put(i * page, (byte) 1);
            }
            long start = memory.address();
            userfaultfd.register(start, start + memory.bytes());
            expect(pagemap, memory, 0, PAGES, "after registering");
            bytes.put(WRITTEN_PAGE * page, (byte) 2);
            expect(pagemap, memory, WRITTEN_PAGE, 1, "after one write");
            expect(pagemap, memory, 0, 0, "after no write");
        }
    }

    private static void expect(Pagemap pagemap, NativeBuffer memory, int first, int count, String when) {
        AddressRanges written = new AddressRanges();
        pagemap.scanWritten(memory.address(), memory.address() + memory.bytes(), written);
        AddressRanges expected = new AddressRanges();
        if (count > 0) {
            long start = memory.address() + (long) first * PageSize.bytes();
            expected.add(start, start + (long) count * PageSize.bytes());
        }
        if (!written.toPageRuns().equals(expected.toPageRuns())) {
            throw new IllegalStateException("self-test of page tracking " + when + ": the kernel reported " + written
                    + " where " + expected + " is right");
        }
    }
}
