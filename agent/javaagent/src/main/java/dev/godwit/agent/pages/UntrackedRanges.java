package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.PageSize;
import java.util.Arrays;
import java.util.List;

/**
 * Chooses which of the ranges that need not be tracked are worth it. Each one that is left out may split a mapping at
 * both of its ends, and the kernel limits how many mappings a process has ({@code vm.max_map_count}).
 */
final class UntrackedRanges {
    private UntrackedRanges() {}

    /**
     * Fills in the whole pages of the ranges; beyond the budget, the largest ranges only.
     *
     * @param wanted ranges in ascending order, disjoint
     * @param budget largest number of ranges
     * @param chosen is filled
     * @return number of ranges that were given up, and are tracked therefore
     * @throws IllegalArgumentException if {@code wanted} is not ascending
     */
    static int choose(List<VmRanges.Range> wanted, int budget, AddressRanges chosen) {
        AddressRanges pages = new AddressRanges();
        for (VmRanges.Range range : wanted) {
            long start = PageSize.roundUp(range.start());
            long end = PageSize.roundDown(range.end());
            if (start < end) {
                pages.add(start, end);
            }
        }
        chosen.clear();
        if (pages.size() == 0 || budget <= 0) {
            return pages.size();
        }
        long smallest = pages.size() <= budget ? 0 : sizeOfRank(pages, budget);
        for (int i = 0; i < pages.size() && chosen.size() < budget; i++) {
            if (pages.end(i) - pages.start(i) >= smallest) {
                chosen.add(pages.start(i), pages.end(i));
            }
        }
        return pages.size() - chosen.size();
    }

    private static long sizeOfRank(AddressRanges pages, int rank) {
        long[] sizes = new long[pages.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = pages.end(i) - pages.start(i);
        }
        Arrays.sort(sizes);
        return sizes[sizes.length - rank];
    }
}
