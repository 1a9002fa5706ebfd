package dev.godwit.hypervisor.stream.verify;

import java.util.Arrays;
import java.util.List;

/** Pages by code of their encoding, and bytes of data. */
final class PageTotals {
    final long[] pages = new long[8];
    long data;

    void add(PageTotals more) {
        for (int code = 0; code < pages.length; code++) {
            pages[code] += more.pages[code];
        }
        data += more.data;
    }

    long pages() {
        return Arrays.stream(pages).sum();
    }

    /** From the first code on. */
    List<Long> byEncoding() {
        return Arrays.stream(pages, 1, pages.length).boxed().toList();
    }
}
