package dev.godwit.hypervisor.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PageKindsTest {
    private static final int PAGE = 4096;

    @Test
    void aPageWithTheTopInItIsUsedAndThoseAboveAreFreeHeap() {
        PageKinds kinds = new PageKinds(PAGE);
        kinds.update(new HeapLayout(
                0, 1, new SpaceKind[] {SpaceKind.OLD}, new long[] {10 * PAGE}, new long[] {12 * PAGE + 1}, new long[] {
                    20 * PAGE
                }));

        assertThat(count(kinds, 9, 12))
                .containsExactly(entry(MemoryKind.NATIVE, 2), entry(MemoryKind.OLD, 3), entry(MemoryKind.HEAP_FREE, 7));
    }

    @Test
    void withoutALayoutTheHeapCountsAsFreeAndAnUnknownPageAsNative() {
        PageKinds kinds = new PageKinds(PAGE);
        kinds.update(map(mapping(10, 20, MappingKind.HEAP), mapping(30, 40, MappingKind.STACK)));

        assertThat(count(kinds, 0, 50))
                .containsExactly(
                        entry(MemoryKind.NATIVE, 30), entry(MemoryKind.HEAP_FREE, 10), entry(MemoryKind.STACK, 10));
    }

    @Test
    void whatACollectionEmptiedInTheIntervalCountsAsWhatItWas() {
        PageKinds kinds = new PageKinds(PAGE);
        kinds.update(space(SpaceKind.OLD, 10, 20));
        kinds.update(space(SpaceKind.FREE, 10, 20));

        assertThat(count(kinds, 5, 10)).containsExactly(entry(MemoryKind.NATIVE, 5), entry(MemoryKind.OLD, 5));

        kinds.startInterval();
        assertThat(count(kinds, 5, 10)).containsExactly(entry(MemoryKind.NATIVE, 5), entry(MemoryKind.HEAP_FREE, 5));
    }

    @Test
    void anyLayoutAndMapGiveEachPageTheKindThatAPlainLookupGives() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            HeapLayout layout = randomLayout(random);
            MemoryMap map = randomMap(random);
            PageKinds kinds = new PageKinds(PAGE);
            kinds.update(map);
            kinds.update(layout);
            long[] expected = new long[1 + MemoryKind.values().length];
            PageRuns.Builder pages = new PageRuns.Builder();
            for (long page = 0; page < 400; page++) {
                if (random.nextBoolean()) {
                    pages.add(page, 1);
                    expected[lookUp(layout, map, page).code()]++;
                }
            }
            long[] counts = new long[expected.length];
            kinds.count(pages.build(), counts);

            assertThat(counts).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private static HeapLayout space(SpaceKind kind, long first, long end) {
        long top = kind == SpaceKind.FREE ? first : end;
        return new HeapLayout(
                0, 1, new SpaceKind[] {kind}, new long[] {first * PAGE}, new long[] {top * PAGE}, new long[] {end * PAGE
                });
    }

    private static MemoryKind lookUp(HeapLayout layout, MemoryMap map, long page) {
        for (int i = 0; i < layout.size(); i++) {
            if (page >= layout.bottom(i) / PAGE && page < layout.end(i) / PAGE) {
                return page * PAGE < layout.top(i) ? MemoryKind.of(layout.kind(i)) : MemoryKind.HEAP_FREE;
            }
        }
        return map.mappings().stream()
                .filter(mapping -> page >= mapping.start() / PAGE && page < mapping.end() / PAGE)
                .findFirst()
                .map(mapping -> MemoryKind.of(mapping.kind()))
                .orElse(MemoryKind.NATIVE);
    }

    private static HeapLayout randomLayout(SplittableRandom random) {
        int spaces = random.nextInt(20);
        SpaceKind[] kinds = new SpaceKind[spaces];
        long[] bottoms = new long[spaces];
        long[] tops = new long[spaces];
        long[] ends = new long[spaces];
        long page = random.nextInt(50);
        for (int i = 0; i < spaces; i++) {
            kinds[i] = pick(random, List.of(SpaceKind.values()));
            bottoms[i] = (page + random.nextInt(10)) * PAGE;
            ends[i] = bottoms[i] + (1 + random.nextInt(20)) * (long) PAGE;
            tops[i] = random.nextLong(bottoms[i], ends[i] + 1);
            page = ends[i] / PAGE;
        }
        return new HeapLayout(0, 1, kinds, bottoms, tops, ends);
    }

    private static MemoryMap randomMap(SplittableRandom random) {
        List<MemoryMap.Mapping> mappings = new ArrayList<>();
        int page = 0;
        for (int i = random.nextInt(15); i > 0; i--) {
            int start = page + random.nextInt(20);
            page = start + 1 + random.nextInt(40);
            mappings.add(mapping(start, page, pick(random, List.of(MappingKind.values()))));
        }
        return new MemoryMap(0, mappings);
    }

    private static <T> T pick(SplittableRandom random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static MemoryMap map(MemoryMap.Mapping... mappings) {
        return new MemoryMap(0, List.of(mappings));
    }

    private static MemoryMap.Mapping mapping(long first, long end, MappingKind kind) {
        return new MemoryMap.Mapping(first * PAGE, end * PAGE, kind, "rw-p", "", 0);
    }

    private static List<String> count(PageKinds kinds, long first, long pages) {
        long[] counts = new long[1 + MemoryKind.values().length];
        kinds.count(new PageRuns.Builder().add(first, pages).build(), counts);
        List<String> found = new ArrayList<>();
        for (MemoryKind kind : List.of(MemoryKind.NATIVE, MemoryKind.OLD, MemoryKind.HEAP_FREE, MemoryKind.STACK)) {
            if (counts[kind.code()] > 0) {
                found.add(entry(kind, counts[kind.code()]));
            }
        }
        return found;
    }

    private static String entry(MemoryKind kind, long pages) {
        return kind + "=" + pages;
    }
}
