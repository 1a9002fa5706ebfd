package dev.godwit.hypervisor.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HeapPictureTest {
    @Test
    void aSmallHeapHasALetterForEachRegionAndABlankForAHole() {
        SpaceKind[] kinds = {SpaceKind.OLD, SpaceKind.HUMONGOUS, SpaceKind.FREE, SpaceKind.EDEN};
        long[] bottoms = {100, 110, 130, 140};
        long[] ends = {110, 120, 140, 150};

        assertThat(HeapPicture.lines(new HeapLayout(0, 0, kinds, bottoms, ends, ends)))
                .containsExactly("OH .E");
    }

    @Test
    void aLargeHeapIsEightLinesOfWhatMostOfEachPieceIs() {
        int regions = 5000;
        SpaceKind[] kinds = new SpaceKind[regions];
        Arrays.fill(kinds, 0, 2500, SpaceKind.EDEN);
        Arrays.fill(kinds, 2500, regions, SpaceKind.SURVIVOR);
        long[] bottoms = new long[regions];
        long[] ends = new long[regions];
        for (int i = 0; i < regions; i++) {
            bottoms[i] = 1000L * i;
            ends[i] = bottoms[i] + 1000;
        }

        assertThat(HeapPicture.lines(new HeapLayout(0, 0, kinds, bottoms, ends, ends)))
                .hasSize(8)
                .startsWith("E".repeat(64))
                .endsWith("S".repeat(64));
    }

    @Test
    void aHeapWithoutSpacesHasNoLines() {
        HeapLayout empty = new HeapLayout(0, 0, new SpaceKind[0], new long[0], new long[0], new long[0]);

        assertThat(HeapPicture.lines(empty)).isEmpty();
    }
}
