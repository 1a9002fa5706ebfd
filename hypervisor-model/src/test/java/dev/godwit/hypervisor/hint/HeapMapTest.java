package dev.godwit.hypervisor.hint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HeapMapTest {
    private static final int PAGE = 4096;
    private final GuestFrames frames =
            GuestFixtures.frames(new PageRuns.Builder().add(0x10, 0x30).build(), PAGE);
    private final FakeAgent agent = new FakeAgent(frames);

    @Test
    void aPageIsYoungUpToEdensTopAndProvenEmptyFromTheNextOneOn() {
        agent.layout = layout(5, space(SpaceKind.EDEN, 0x10000, 0x12800, 0x20000));
        agent.epoch = 5;
        HeapMap map = HeapMap.read(agent);

        assertThat(deferred(map, 0x12)).isTrue();
        assertThat(dropped(map, 0x12)).isFalse();
        assertThat(deferred(map, 0x13)).isTrue();
        assertThat(dropped(map, 0x13)).isTrue();
        assertThat(dropped(map, 0x1F)).isTrue();
        assertThat(deferred(map, 0x20)).isFalse();
        assertThat(dropped(map, 0x20)).isFalse();
    }

    @Test
    void aPageWhollyInADiscardableBufferIsLeftOutAndDroppedOfWhateverEpoch() {
        agent.layout = layout(4, space(SpaceKind.OLD, 0x10000, 0x20000, 0x20000));
        agent.epoch = 5;
        agent.declared = List.of(
                new DeclaredMemory(0, DeclaredMemory.Kind.DISCARDABLE, 0x20001, 0x22fff, "", 0),
                new DeclaredMemory(0, DeclaredMemory.Kind.REFETCHABLE, 0x24000, 0x25000, "/f", 0));
        HeapMap map = HeapMap.read(agent);

        assertThat(deferred(map, 0x20)).isFalse();
        assertThat(deferred(map, 0x21)).isTrue();
        assertThat(dropped(map, 0x21)).isTrue();
        assertThat(dropped(map, 0x22)).isFalse();
        assertThat(dropped(map, 0x24)).isFalse();
    }

    @Test
    void aLayoutOfAnOlderEpochMayDeferButNeverDrops() {
        agent.layout = layout(4, space(SpaceKind.EDEN, 0x10000, 0x10000, 0x20000));
        agent.epoch = 5;
        HeapMap map = HeapMap.read(agent);

        assertThat(map.isCurrent()).isFalse();
        for (int page = 0x10; page < 0x20; page++) {
            assertThat(deferred(map, page)).isTrue();
            assertThat(dropped(map, page)).isFalse();
        }
    }

    @Test
    void aPageThatStraddlesABoundaryIsAsAliveAsItsLiveliestByte() {
        agent.layout = layout(
                1,
                space(SpaceKind.FREE, 0x10000, 0x10000, 0x11800),
                space(SpaceKind.OLD, 0x11800, 0x11900, 0x12800),
                space(SpaceKind.EDEN, 0x12800, 0x12900, 0x13800),
                // A gap of half a page, of which nobody says anything.
                space(SpaceKind.FREE, 0x14000, 0x14000, 0x15000));
        agent.epoch = 1;
        HeapMap map = HeapMap.read(agent);

        assertThat(dropped(map, 0x10)).isTrue();
        assertThat(deferred(map, 0x11)).isFalse();
        assertThat(dropped(map, 0x12)).isFalse();
        assertThat(deferred(map, 0x12)).isTrue();
        assertThat(dropped(map, 0x13)).isFalse();
        assertThat(deferred(map, 0x13)).isFalse();
        assertThat(dropped(map, 0x14)).isTrue();
    }

    @Test
    void withoutALayoutNothingIsDeferredAndNothingDropped() {
        HeapMap map = HeapMap.read(agent);
        for (int page = 0x10; page < 0x40; page++) {
            assertThat(deferred(map, page) || dropped(map, page)).isFalse();
        }
    }

    @Test
    void noByteOfAProvenEmptyPageBelongsToAnObject() {
        for (long seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            agent.layout = RandomLayouts.layout(random, 0x10 * PAGE, 0x40 * PAGE, 1);
            agent.epoch = 1;
            HeapMap map = HeapMap.read(agent);
            for (int page = 0x10; page < 0x40; page++) {
                assertThat(dropped(map, page))
                        .as("seed %d page 0x%x", seed, page)
                        .isEqualTo(RandomLayouts.holdsNothing(agent.layout, page * (long) PAGE, PAGE));
            }
        }
    }

    private boolean deferred(HeapMap map, int page) {
        return TransferPolicy.deferYoung().inRound(map, gfn(page)) == Transfer.DEFER;
    }

    private boolean dropped(HeapMap map, int page) {
        return TransferPolicy.deferYoung().atPause(map, gfn(page)) == Transfer.DROP;
    }

    private int gfn(int page) {
        return frames.frameOf(frames.jvmPages().indexOf(page));
    }

    private record Space(SpaceKind kind, long bottom, long top, long end) {}

    private static Space space(SpaceKind kind, long bottom, long top, long end) {
        return new Space(kind, bottom, top, end);
    }

    private static HeapLayout layout(long epoch, Space... spaces) {
        SpaceKind[] kinds = new SpaceKind[spaces.length];
        long[] bottoms = new long[spaces.length];
        long[] tops = new long[spaces.length];
        long[] ends = new long[spaces.length];
        for (int i = 0; i < spaces.length; i++) {
            kinds[i] = spaces[i].kind;
            bottoms[i] = spaces[i].bottom;
            tops[i] = spaces[i].top;
            ends[i] = spaces[i].end;
        }
        return new HeapLayout(0, epoch, kinds, bottoms, tops, ends);
    }
}
