package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MemoryKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Sums up what intervals wrote. */
final class WrittenByKind {
    private WrittenByKind() {}

    static Map<MemoryKind, Long> of(List<Interval> intervals) {
        Map<MemoryKind, Long> pages = new EnumMap<>(MemoryKind.class);
        for (Interval interval : intervals) {
            WrittenPages written = interval.written();
            for (int run = 0; run < written.runs(); run++) {
                pages.merge(PageContent.kind(written.kindCode(run)), (long) written.count(run), Long::sum);
            }
        }
        return pages;
    }
}
