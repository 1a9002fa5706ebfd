package dev.godwit.hypervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.trace.MemoryKind;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    private static final int KIND = MemoryKind.OLD.code();

    @Test
    void severalGuestsShareAHostAndEachFrameHasOneOwner() {
        HostMemory host = new HostMemory(100);
        GuestMemory one = guest(host, 40);
        GuestMemory other = guest(host, 40);
        for (int gfn = 0; gfn < 40; gfn++) {
            one.write(gfn, KIND, false);
            other.write(39 - gfn, KIND, false);
        }
        assertThat(host.freeFrames()).isEqualTo(20);
        assertThat(one.owner()).isNotEqualTo(other.owner()).isNotEqualTo(HostMemory.NO_OWNER);
        assertOwners(host, List.of(one, other));
    }

    @Test
    void aHostWithoutFramesRefusesWithOneClearError() {
        HostMemory host = new HostMemory(3);
        GuestMemory one = guest(host, 2);
        GuestMemory other = guest(host, 2);
        one.write(0, KIND, false);
        one.write(1, KIND, false);
        other.write(0, KIND, false);
        assertThatThrownBy(() -> other.write(1, KIND, false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the host has no frame left of its 3 for page 1 of guest 2:"
                        + " give it more memory, or its guests less");
        assertOwners(host, List.of(one, other));
    }

    @Test
    void aFrameGivenBackIsHandedOutAgainCleared() {
        HostMemory host = new HostMemory(1);
        GuestMemory one = guest(host, 1);
        GuestMemory other = guest(host, 1);
        one.write(0, KIND, false);
        int frame = one.frame(0);
        one.release();
        assertThat(host.owner(frame)).isEqualTo(HostMemory.NO_OWNER);
        assertThat(host.read(frame)).isEqualTo(PageContent.NEVER_WRITTEN);
        assertThat(one.frame(0)).isEqualTo(GuestMemory.NO_FRAME);
        other.write(0, KIND, false);
        assertThat(other.frame(0)).isEqualTo(frame);
        assertOwners(host, List.of(one, other));
    }

    @Test
    void onlyTheOwnerCanGiveAFrameBack() {
        HostMemory host = new HostMemory(2);
        GuestMemory one = guest(host, 1);
        GuestMemory other = guest(host, 1);
        one.write(0, KIND, false);
        assertThatThrownBy(() -> host.release(other.owner(), one.frame(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to guest 1");
    }

    @Test
    void tablesAndTheirInverseAgreeWhateverGuestsTakeAndGive() {
        SplittableRandom random = new SplittableRandom(7);
        HostMemory host = new HostMemory(64);
        List<GuestMemory> guests = List.of(guest(host, 40), guest(host, 40), guest(host, 40));
        for (int step = 0; step < 5_000; step++) {
            GuestMemory guest = guests.get(random.nextInt(3));
            int gfn = random.nextInt(40);
            if (random.nextInt(200) == 0) {
                guest.release();
            } else if (random.nextBoolean()) {
                guest.balloon().inflate(gfn);
            } else if (host.freeFrames() > 0) {
                guest.write(gfn, KIND, false);
            }
            assertOwners(host, guests);
        }
    }

    private static GuestMemory guest(HostMemory host, int pages) {
        return new GuestMemory(pages, 4096, host, new NestedPagingDirtyLog(pages));
    }

    private static void assertOwners(HostMemory host, List<GuestMemory> guests) {
        BitSet taken = new BitSet();
        for (GuestMemory guest : guests) {
            int populated = 0;
            for (int gfn = 0; gfn < guest.pages(); gfn++) {
                int mfn = guest.frame(gfn);
                if (mfn != GuestMemory.NO_FRAME) {
                    assertThat(taken.get(mfn)).as("frame %d twice", mfn).isFalse();
                    taken.set(mfn);
                    populated++;
                    assertThat(host.owner(mfn)).isEqualTo(guest.owner());
                    assertThat(host.gfn(mfn)).isEqualTo(gfn);
                }
            }
            assertThat(guest.populatedPages()).isEqualTo(populated);
        }
        assertThat(host.freeFrames()).isEqualTo(host.frames() - taken.cardinality());
        for (int mfn = taken.nextClearBit(0); mfn < host.frames(); mfn = taken.nextClearBit(mfn + 1)) {
            assertThat(host.owner(mfn)).isEqualTo(HostMemory.NO_OWNER);
        }
    }
}
