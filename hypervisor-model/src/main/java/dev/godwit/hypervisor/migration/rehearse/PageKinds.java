package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.linux.PageSize;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which kind of memory a page of a running JVM is, as far as its heap layout tells: a guess that ages, good enough to choose
 * how a page is made smaller. Outside the heap, and where nothing is told, it is native memory.
 */
final class PageKinds {
    private final ProcessPages pages;
    private final Supplier<Optional<HeapLayout>> layout;
    private final byte[] codes;

    /** @param layout the last one that was read */
    PageKinds(ProcessPages pages, Supplier<Optional<HeapLayout>> layout) {
        this.pages = pages;
        this.layout = layout;
        this.codes = new byte[pages.heapPages()];
    }

    /** Takes the last layout over. */
    void refresh() {
        layout.get().ifPresent(read -> {
            Arrays.fill(codes, (byte) MemoryKind.HEAP_FREE.code());
            for (int i = 0; i < read.size(); i++) {
                enter(read.bottom(i), read.top(i), (byte)
                        MemoryKind.of(read.kind(i)).code());
            }
        });
    }

    private void enter(long bottom, long top, byte code) {
        if (codes.length == 0) {
            return;
        }
        long first = pages.page(0);
        long from = Math.max(0, (bottom >>> PageSize.shift()) - first);
        long to = Math.min(codes.length, (PageSize.roundUp(top) >>> PageSize.shift()) - first);
        if (from < to) {
            Arrays.fill(codes, (int) from, (int) to, code);
        }
    }

    /** Code of a kind. */
    int codeOf(int gfn) {
        int code = gfn < codes.length ? codes[gfn] : 0;
        return code == 0 ? MemoryKind.NATIVE.code() : code;
    }
}
