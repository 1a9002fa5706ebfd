package dev.godwit.hypervisor.hint;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.hypervisor.guest.PageTable;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What each page of a guest is, by the heap layout that its agent gave when the map was read.
 *
 * <p>A page is <em>likely dead soon</em> if no byte of it belongs to an object outside the young generation, and
 * <em>proven empty</em> if every byte of it lies in a free space or between the top and the end of a space, by a layout
 * of the current epoch. A page that straddles an object's memory is neither more nor less than its liveliest byte.
 *
 * <p>A page that lies wholly in a buffer which the application declares discardable is both, whatever the layout
 * says: that is the application's own word, and belongs to no epoch.
 *
 * <p>Example, pages of 4 KiB, Eden from 0x10000 with top 0x12800 and end 0x20000: page 0x12 is young (its first half
 * holds objects), page 0x13 is proven empty.
 */
public final class HeapMap {
    private static final byte EMPTY = 1;
    private static final byte YOUNG = 2;
    private static final byte TENURED = 3;

    private final GuestFrames frames;
    private final byte[] classes;
    private final PageBitmap uncovered;
    private final boolean current;
    private final PageBitmap discardable;

    private HeapMap(GuestFrames frames, Optional<HeapLayout> layout, boolean current, List<DeclaredMemory> declared) {
        this.frames = frames;
        this.current = current;
        this.classes = new byte[layout.isEmpty() ? 0 : frames.jvmPages().size()];
        this.uncovered = new PageBitmap(classes.length);
        layout.ifPresent(this::classify);
        this.discardable = discardable(frames, declared);
    }

    /** Asks the agent. Cost: one byte and one step for each page of the heap. */
    public static HeapMap read(GuestAgent agent) {
        Optional<HeapLayout> layout = agent.readLayout();
        boolean current = layout.isPresent() && layout.get().epoch() == agent.epoch();
        return new HeapMap(agent.frames(), layout, current, agent.declared());
    }

    /** Frames that lie with all their bytes in a buffer which is declared discardable; of size zero if nothing is. */
    public static PageBitmap discardable(GuestFrames frames, List<DeclaredMemory> declared) {
        PageBitmap discardable = new PageBitmap(declared.isEmpty() ? 0 : frames.pages());
        int pageSize = frames.pageSizeBytes();
        for (DeclaredMemory said : declared) {
            if (said.kind() == DeclaredMemory.Kind.DISCARDABLE) {
                // Up to the first whole page, without an overflow at the end of the address space.
                long first = (said.start() - 1) / pageSize + 1;
                frames.frames(first, said.end() / pageSize, discardable::set);
            }
        }
        return discardable;
    }

    private boolean isDiscardable(int gfn) {
        return gfn >= 0 && gfn < discardable.pages() && discardable.get(gfn);
    }

    private void classify(HeapLayout layout) {
        uncovered.setAll();
        for (int i = 0; i < layout.size(); i++) {
            SpaceKind kind = layout.kind(i);
            long top = kind == SpaceKind.FREE ? layout.bottom(i) : layout.top(i);
            raise(layout.bottom(i), top, kind.isYoung() ? YOUNG : TENURED);
            raise(top, layout.end(i), EMPTY);
        }
        markUncovered(layout);
    }

    /** Every page that overlaps the range is at least of the class. */
    private void raise(long from, long to, byte atLeast) {
        if (from >= to) {
            return;
        }
        int pageSize = frames.pageSizeBytes();
        PageTable pages = frames.jvmPages();
        int first = pages.indexAtOrAfter(from / pageSize);
        int end = pages.indexAtOrAfter((to + pageSize - 1) / pageSize);
        if (first == end) {
            return;
        }
        // Ranges come in the order of addresses: only the first page of one can belong to those before as well.
        byte firstClass = (byte) Math.max(classes[first], atLeast);
        Arrays.fill(classes, first, end, atLeast);
        classes[first] = firstClass;
    }

    /** Pages with a byte in no space: whatever the spaces beside it say, they do not speak for that byte. */
    private void markUncovered(HeapLayout layout) {
        int pageSize = frames.pageSizeBytes();
        PageTable pages = frames.jvmPages();
        int i = 0;
        while (i < layout.size()) {
            long from = layout.bottom(i);
            long to = layout.end(i);
            while (++i < layout.size() && layout.bottom(i) == to) {
                to = layout.end(i);
            }
            int first = pages.indexAtOrAfter((from + pageSize - 1) / pageSize);
            int end = pages.indexAtOrAfter(to / pageSize);
            for (int page = first; page < end; page++) {
                uncovered.clear(page);
            }
        }
    }

    /** True if the page holds young objects or nothing of worth: to be left out of a round. Any layout suffices. */
    public boolean isYoungOrEmpty(int gfn) {
        int index = frames.jvmIndex(gfn);
        boolean young = index >= 0
                && index < classes.length
                && (classes[index] == YOUNG || classes[index] == EMPTY)
                && !uncovered.get(index);
        return young || isDiscardable(gfn);
    }

    /** True if a layout of the current epoch shows that no byte of the page belongs to an object, or it is discardable. */
    public boolean isProvenEmpty(int gfn) {
        int index = frames.jvmIndex(gfn);
        boolean empty =
                current && index >= 0 && index < classes.length && classes[index] == EMPTY && !uncovered.get(index);
        return empty || isDiscardable(gfn);
    }

    /** True if the layout was of the epoch in which it was read: only then can it prove anything. */
    public boolean isCurrent() {
        return current;
    }
}
