package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.trace.MappingKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The ranges of a VM in one ordered list without overlaps; where two overlap, the one that begins first is kept. */
final class LabelledRanges {
    private final List<Label> labels = new ArrayList<>();

    LabelledRanges(VmRanges ranges) {
        List<Label> all = new ArrayList<>();
        ranges.heap().forEach(range -> all.add(new Label(range.start(), range.end(), MappingKind.HEAP)));
        ranges.codeCache().forEach(range -> all.add(new Label(range.start(), range.end(), MappingKind.CODE_CACHE)));
        ranges.metaspace().forEach(range -> all.add(new Label(range.start(), range.end(), MappingKind.METASPACE)));
        ranges.stacks().forEach(range -> all.add(new Label(range.start(), range.end(), MappingKind.STACK)));
        all.sort(Comparator.comparingLong(Label::start));
        long reached = 0;
        for (Label label : all) {
            long start = Math.max(label.start(), reached);
            if (start < label.end()) {
                labels.add(new Label(start, label.end(), label.kind()));
                reached = label.end();
            }
        }
    }

    /** Gives the pieces of a range in order; the kind is null where no label lies. */
    void cut(long start, long end, PieceSink pieces) {
        long from = start;
        for (int i = firstEndingBehind(start); from < end; i++) {
            if (i == labels.size() || labels.get(i).start() >= end) {
                pieces.piece(from, end, null);
                return;
            }
            Label label = labels.get(i);
            if (label.start() > from) {
                pieces.piece(from, label.start(), null);
                from = label.start();
            }
            long to = Math.min(end, label.end());
            pieces.piece(from, to, label.kind());
            from = to;
        }
    }

    private int firstEndingBehind(long address) {
        int low = 0;
        int high = labels.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (labels.get(middle).end() <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private record Label(long start, long end, MappingKind kind) {}

    /** Takes pieces. */
    interface PieceSink {
        void piece(long start, long end, MappingKind kindOrNull);
    }
}
