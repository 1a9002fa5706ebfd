package dev.godwit.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.heap.VmRanges.Range;
import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import org.junit.jupiter.api.Test;

/** Spaces of 4 pages of 4 KiB each, one behind the other. */
class EdenAssumptionTest {
    private static final int PAGE = 4096;
    private static final long SPACE = 4 * PAGE;

    /** Such as {@code E2 F0 O4}: kind and pages in use. */
    private static HeapLayout layout(String spaces) {
        String[] each = spaces.split(" ", -1);
        SpaceKind[] kinds = new SpaceKind[each.length];
        long[] bottoms = new long[each.length];
        long[] tops = new long[each.length];
        long[] ends = new long[each.length];
        for (int i = 0; i < each.length; i++) {
            kinds[i] = switch (each[i].charAt(0)) {
                case 'E' -> SpaceKind.EDEN;
                case 'S' -> SpaceKind.SURVIVOR;
                case 'O' -> SpaceKind.OLD;
                default -> SpaceKind.FREE;
            };
            bottoms[i] = i * SPACE;
            tops[i] = bottoms[i] + (each[i].charAt(1) - '0') * (long) PAGE;
            ends[i] = bottoms[i] + SPACE;
        }
        return new HeapLayout(0, 0, kinds, bottoms, tops, ends);
    }

    private static PageRuns pages(long... firstsAndCounts) {
        PageRuns.Builder builder = new PageRuns.Builder();
        for (int i = 0; i < firstsAndCounts.length; i += 2) {
            builder.add(firstsAndCounts[i], firstsAndCounts[i + 1]);
        }
        return builder.build();
    }

    @Test
    void withG1WhatIsFreeNeedNotBeTrackedEither() {
        assertThat(new EdenAssumption(Collector.G1, PAGE).untracked(layout("E4 F0 O4 F0")))
                .containsExactly(new Range(0, 2 * SPACE), new Range(3 * SPACE, 4 * SPACE));
    }

    @Test
    void withParallelTheIdleSurvivorSpaceIsTracked() {
        assertThat(new EdenAssumption(Collector.PARALLEL, PAGE).untracked(layout("E4 F0 S1 O4")))
                .containsExactly(new Range(0, SPACE));
    }

    @Test
    void pagesBelowTheTopOfANewEdenWereWritten() {
        EdenAssumption eden = new EdenAssumption(Collector.G1, PAGE);

        assertThat(eden.take(layout("E4 O4 E2 F0"), PageRuns.empty())).isEqualTo(pages(0, 4, 8, 2));
        assertThat(eden.take(layout("F0 O4 F0 F0"), PageRuns.empty()).pages()).isZero();
    }

    @Test
    void inTheNextIntervalOnlyWhatWasFilledSinceWasWritten() {
        EdenAssumption eden = new EdenAssumption(Collector.G1, PAGE);
        eden.take(layout("E4 O4 E2 F0"), PageRuns.empty());

        assertThat(eden.take(layout("E4 O4 E3 E1"), PageRuns.empty())).isEqualTo(pages(10, 1, 12, 1));
        assertThat(eden.take(layout("E4 O4 E3 E1"), PageRuns.empty()).pages()).isZero();
    }

    @Test
    void afterACollectionEdenIsWrittenFromItsBottomAgain() {
        EdenAssumption eden = new EdenAssumption(Collector.SERIAL, PAGE);
        eden.take(layout("E2 S1 F0 O4"), PageRuns.empty());
        eden.collected(layout("E2 S1 F0 O4"), 3 * PAGE);

        assertThat(eden.take(layout("E1 F0 S1 O4"), PageRuns.empty())).isEqualTo(pages(0, 1, 2, 1));
        assertThat(eden.take(layout("E3 F0 S1 O4"), PageRuns.empty())).isEqualTo(pages(1, 2));
    }

    @Test
    void pagesThatWereTrackedAreLeftOut() {
        EdenAssumption eden = new EdenAssumption(Collector.G1, PAGE);

        assertThat(eden.take(layout("E4 O4 E2 F0"), pages(1, 1, 3, 6))).isEqualTo(pages(0, 1, 2, 1, 9, 1));
    }

    @Test
    void whatACollectionEmptiedWasWrittenBefore() {
        EdenAssumption eden = new EdenAssumption(Collector.SERIAL, PAGE);
        eden.collected(layout("E1 S1 F0 O4"), 3 * PAGE);

        assertThat(eden.take(layout("E0 F0 S1 O4"), PageRuns.empty())).isEqualTo(pages(0, 3));
    }

    @Test
    void withoutWordOfTheCollectionAllOfEdenWasWritten() {
        EdenAssumption eden = new EdenAssumption(Collector.SERIAL, PAGE);
        eden.collected(layout("E1 S1 F0 O4"), 0);

        assertThat(eden.take(layout("E0 F0 S1 O4"), PageRuns.empty())).isEqualTo(pages(0, 4));
    }

    @Test
    void g1FillsFreeRegionsFromTheHighestAddressDown() {
        EdenAssumption eden = new EdenAssumption(Collector.G1, PAGE);
        eden.collected(layout("F0 F0 O4 F0 E1"), 3 * SPACE);

        assertThat(eden.take(layout("F0 F0 O4 F0 F0"), PageRuns.empty())).isEqualTo(pages(4, 4, 12, 8));
    }
}
