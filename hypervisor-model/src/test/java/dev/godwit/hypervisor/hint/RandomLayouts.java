package dev.godwit.hypervisor.hint;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.List;
import java.util.SplittableRandom;

/** Heap layouts of any shape, aligned to nothing. */
public final class RandomLayouts {
    private static final List<SpaceKind> KINDS = List.of(SpaceKind.values());

    private RandomLayouts() {}

    /** A layout of up to a dozen spaces, some with gaps between them. */
    public static HeapLayout layout(SplittableRandom random, long low, long high, long epoch) {
        int count = 1 + random.nextInt(12);
        long[] cuts = random.longs(2L * count, low / 8, high / 8)
                .map(a -> a * 8)
                .sorted()
                .toArray();
        SpaceKind[] kinds = new SpaceKind[count];
        long[] bottoms = new long[count];
        long[] tops = new long[count];
        long[] ends = new long[count];
        for (int i = 0; i < count; i++) {
            boolean touching = i > 0 && random.nextInt(3) > 0;
            bottoms[i] = touching ? ends[i - 1] : cuts[2 * i];
            ends[i] = cuts[2 * i + 1];
            long size = ends[i] - bottoms[i];
            tops[i] = switch (random.nextInt(3)) {
                case 0 -> bottoms[i];
                case 1 -> ends[i];
                default -> bottoms[i] + (size == 0 ? 0 : random.nextLong(size + 1));
            };
            kinds[i] = KINDS.get(random.nextInt(KINDS.size()));
        }
        return new HeapLayout(0, epoch, kinds, bottoms, tops, ends);
    }

    /** Byte by byte: the definition, as slow as it is plain. */
    public static boolean holdsNothing(HeapLayout layout, long from, int bytes) {
        for (long address = from; address < from + bytes; address++) {
            boolean empty = false;
            for (int i = 0; i < layout.size(); i++) {
                if (layout.bottom(i) <= address && address < layout.end(i)) {
                    empty = layout.kind(i) == SpaceKind.FREE || address >= layout.top(i);
                }
            }
            if (!empty) {
                return false;
            }
        }
        return true;
    }
}
