package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.JvmSignals;
import dev.godwit.trace.Loss;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.Notice;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the records of a trace in their order, believes none, and keeps what is consistent. What is refused is counted
 * with its reason; the run goes on without it.
 */
final class TraceLoader {
    private static final long MAX_PAUSE_NANOS = 3_600_000_000_000L;
    private static final long MAX_TIME_NANOS = 1L << 60;
    private static final long MAX_EPOCH = 1L << 40;
    private static final int MAX_SPACES = 1 << 20;
    private static final int MAX_NOTICES = 100;
    private static final int MAX_SAMPLES = 1 << 18;
    private static final int MAX_HINTS = 1 << 20;
    private static final long MAX_SAMPLED_PAGES = 1L << 32;
    /** Addresses of 64-bit Linux processes stay below 2^57 with five-level page tables. */
    private static final long MAX_ADDRESS = 1L << 57;

    final Refusals refusals = new Refusals();
    final List<HeapLayout> layouts = new ArrayList<>();
    final List<GarbageCollection> collections = new ArrayList<>();
    final List<DirtyPages> intervals = new ArrayList<>();
    final List<MemoryMap> maps = new ArrayList<>();
    final List<MachineMemory> machines = new ArrayList<>();
    final List<String> notices = new ArrayList<>();
    final List<JvmSignals> signals = new ArrayList<>();
    final List<HintEvent> hintEvents = new ArrayList<>();
    final List<DeclaredMemory> declared = new ArrayList<>();
    final Map<HintEvent.Type, Long> hints = new EnumMap<>(HintEvent.Type.class);
    final long[] sampledPages = new long[MemoryKind.values().length + 1];
    final List<ContentSample> contents = new ArrayList<>();
    final long[] zeroPages = new long[MemoryKind.values().length + 1];
    final PageTable.Builder pages = new PageTable.Builder();
    JvmFacts facts;
    PageRuns present = PageRuns.empty();
    TraceEnd end;
    long lostRecords;
    private long lastEndNanos;

    void accept(TraceRecord record) {
        if (record instanceof JvmFacts read) {
            acceptFacts(read);
        } else if (facts == null) {
            refusals.add("record before the facts of its JVM");
        } else if (record.timeNanos() < 0 || record.timeNanos() > MAX_TIME_NANOS) {
            refusals.add("record of a time before the recording or decades after it");
        } else if (record instanceof DirtyPages read) {
            acceptDirtyPages(read);
        } else if (record instanceof HeapLayout read) {
            acceptLayout(read);
        } else if (record instanceof GarbageCollection read) {
            acceptCollection(read);
        } else if (record instanceof MemoryMap read) {
            acceptMap(read);
        } else if (record instanceof MachineMemory read) {
            acceptMachine(read);
        } else if (record instanceof ContentSample read) {
            acceptSample(read);
        } else if (record instanceof HintEvent read) {
            acceptHint(read);
        } else if (record instanceof JvmSignals read) {
            acceptSignals(read);
        } else if (record instanceof DeclaredMemory read) {
            acceptDeclared(read);
        } else if (record instanceof Notice read) {
            if (notices.size() < MAX_NOTICES) {
                notices.add(read.text());
            }
        } else if (record instanceof Loss read) {
            lostRecords += Math.max(0, read.records());
        } else if (record instanceof TraceEnd read) {
            end = read;
        }
    }

    /** To be called after the last record: what can only be judged with all at hand. */
    void finish() {
        refuseLayoutsOutsideHeap();
        // Two beans of one JVM report on their own: their collections may come in either order.
        collections.sort(Comparator.comparingLong(GarbageCollection::timeNanos));
    }

    private void acceptFacts(JvmFacts read) {
        int pageSize = read.pageSizeBytes();
        if (facts != null) {
            refusals.add("second record of the JVM's facts");
        } else if (Integer.bitCount(pageSize) != 1 || pageSize < 512 || pageSize > 1 << 30) {
            refusals.add("page size that is no power of two between 512 and 2^30");
        } else {
            facts = read;
        }
    }

    private void acceptDirtyPages(DirtyPages read) {
        boolean first = intervals.isEmpty() && present.size() == 0;
        boolean presence = first && read.fromNanos() == read.timeNanos();
        long named = read.written().pages() + read.assumed().pages();
        if (read.epoch() < 0 || read.epoch() > MAX_EPOCH) {
            refusals.add("written pages of an impossible epoch");
        } else if (read.fromNanos() < lastEndNanos || (!presence && read.timeNanos() <= read.fromNanos())) {
            refusals.add("written pages of an interval that is inverted or overlaps the one before");
        } else if (!inAddressSpace(read.written()) || !inAddressSpace(read.assumed())) {
            refusals.add("written pages outside the address space");
        } else if (pages.pages() + named > PageContent.MAX_PAGES) {
            refusals.add("written pages beyond the largest guest");
        } else {
            pages.add(read.written());
            pages.add(read.assumed());
            lastEndNanos = read.timeNanos();
            if (presence) {
                present = read.written();
            } else {
                intervals.add(read);
            }
        }
    }

    private boolean inAddressSpace(PageRuns runs) {
        int last = runs.size() - 1;
        return last < 0 || runs.first(last) + runs.count(last) <= MAX_ADDRESS / facts.pageSizeBytes();
    }

    private void acceptLayout(HeapLayout read) {
        HeapLayout before = layouts.isEmpty() ? null : layouts.get(layouts.size() - 1);
        if (read.size() == 0 || read.size() > MAX_SPACES) {
            refusals.add("heap layout without spaces or with more than " + MAX_SPACES);
        } else if (read.epoch() < 0 || read.epoch() > MAX_EPOCH || (before != null && read.epoch() < before.epoch())) {
            refusals.add("heap layout of an impossible epoch, or of one before the last");
        } else if (before != null && read.timeNanos() < before.timeNanos()) {
            refusals.add("heap layout older than the last one");
        } else if (read.end(read.size() - 1) > MAX_ADDRESS) {
            refusals.add("heap layout outside the address space");
        } else {
            layouts.add(read);
        }
    }

    /** A layout may be read before the map that shows the grown heap, so all maps are asked. */
    private void refuseLayoutsOutsideHeap() {
        long low = Long.MAX_VALUE;
        long high = 0;
        for (MemoryMap map : maps) {
            for (MemoryMap.Mapping mapping : map.mappings()) {
                if (mapping.kind() == MappingKind.HEAP) {
                    low = Math.min(low, mapping.start());
                    high = Math.max(high, mapping.end());
                }
            }
        }
        if (high == 0) {
            return;
        }
        long heapLow = low;
        long heapHigh = high;
        layouts.removeIf(layout -> {
            boolean outside = layout.bottom(0) < heapLow || layout.bottom(layout.size() - 1) > heapHigh;
            if (outside) {
                refusals.add("heap layout outside the mappings of the heap");
            }
            return outside;
        });
    }

    private void acceptCollection(GarbageCollection read) {
        boolean negative = read.edenBeforeBytes() < 0
                || read.survivorBeforeBytes() < 0
                || read.survivorAfterBytes() < 0
                || read.oldBeforeBytes() < 0
                || read.oldAfterBytes() < 0;
        if (negative || read.epoch() < 0 || read.epoch() > MAX_EPOCH) {
            refusals.add("garbage collection with an impossible figure");
        } else if (read.durationNanos() < 0 || read.durationNanos() > MAX_PAUSE_NANOS) {
            refusals.add("garbage collection shorter than nothing or longer than an hour");
        } else {
            collections.add(read);
        }
    }

    private void acceptMap(MemoryMap read) {
        long last = 0;
        for (MemoryMap.Mapping mapping : read.mappings()) {
            if (mapping.start() < last || mapping.end() < mapping.start()) {
                refusals.add("memory map that is inverted, overlaps, or is out of order");
                return;
            }
            last = mapping.end();
        }
        if (!maps.isEmpty() && read.timeNanos() < maps.get(maps.size() - 1).timeNanos()) {
            refusals.add("memory map older than the last one");
        } else {
            maps.add(read);
        }
    }

    private void acceptMachine(MachineMemory read) {
        if (read.kernelBytes() < 0
                || read.pageCacheBytes() < 0
                || read.otherProcessesBytes() < 0
                || read.freeBytes() < 0
                || read.pageCacheDirtiedPages() < 0) {
            refusals.add("machine memory with a negative figure");
        } else if (!machines.isEmpty()
                && read.timeNanos() < machines.get(machines.size() - 1).timeNanos()) {
            refusals.add("machine memory older than the last one");
        } else {
            machines.add(read);
        }
    }

    private void acceptSample(ContentSample read) {
        if (read.zeroPages() < 0 || read.sampledPages() < read.zeroPages()) {
            refusals.add("content sample with more pages of zeros than pages");
        } else if (!isPlausible(read)) {
            refusals.add("content sample with sizes that its pages cannot have");
        } else {
            if (contents.size() < MAX_SAMPLES) {
                contents.add(read);
            }
            sampledPages[read.kind().code()] += read.sampledPages();
            zeroPages[read.kind().code()] += read.zeroPages();
        }
    }

    /** Compressed pages may be somewhat larger than raw ones, at most twice as large. */
    private boolean isPlausible(ContentSample read) {
        long pageBytes = facts.pageSizeBytes();
        long compressedAtMost = 2 * pageBytes * (read.sampledPages() - read.zeroPages());
        return read.sampledPages() <= MAX_SAMPLED_PAGES
                && within(read.changedPages(), read.sampledPages())
                && within(read.deltaBytes(), read.changedPages() * pageBytes)
                && within(read.lz4Bytes(), compressedAtMost)
                && within(read.zstdBytes(), compressedAtMost);
    }

    private static boolean within(long value, long atMost) {
        return value >= 0 && value <= atMost;
    }

    private void acceptHint(HintEvent read) {
        if (read.count() < 1 || read.durationNanos() < 0) {
            refusals.add("hint with a negative figure");
        } else {
            hints.merge(read.type(), read.count(), Long::sum);
            if (hintEvents.size() < MAX_HINTS) {
                hintEvents.add(read);
            }
        }
    }

    private void acceptSignals(JvmSignals read) {
        boolean impossible = read.collections() < 0
                || read.collections() > MAX_EPOCH
                || read.edenUsedBytes() < 0
                || read.edenCapacityBytes() < 0
                || read.edenCapacityBytes() > MAX_ADDRESS
                || read.allocatedBytes() < 0;
        if (impossible) {
            refusals.add("signals of the JVM with an impossible figure");
        } else if (!signals.isEmpty()
                && read.timeNanos() < signals.get(signals.size() - 1).timeNanos()) {
            refusals.add("signals of the JVM older than the last ones");
        } else if (signals.size() < MAX_HINTS) {
            signals.add(read);
        }
    }

    private void acceptDeclared(DeclaredMemory read) {
        if (read.start() < 0 || read.end() <= read.start() || read.end() > MAX_ADDRESS || read.fileOffset() < 0) {
            refusals.add("declared memory that is inverted or outside the address space");
        } else if (!declared.isEmpty()
                && read.timeNanos() < declared.get(declared.size() - 1).timeNanos()) {
            refusals.add("declared memory older than the last");
        } else if (declared.size() < MAX_HINTS) {
            declared.add(read);
        }
    }
}
