package dev.godwit.hypervisor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.trace.MemoryKind;
import org.junit.jupiter.api.Test;

class BalloonTest {
    private static final int PAGES = 256;
    private static final int KIND = MemoryKind.OLD.code();

    private final HostMemory host = new HostMemory(PAGES);
    private final GuestMemory memory = new GuestMemory(PAGES, 4096, host, new NestedPagingDirtyLog(PAGES));

    @Test
    void aPageGivenBackHasNoFrameAndHoldsNothing() {
        memory.write(7, KIND, false);
        memory.balloon().inflate(7);
        assertThat(memory.balloon().holds(7)).isTrue();
        assertThat(memory.balloon().pages()).isEqualTo(1);
        assertThat(memory.frame(7)).isEqualTo(GuestMemory.NO_FRAME);
        assertThat(memory.read(7)).isEqualTo(PageContent.NEVER_WRITTEN);
        assertThat(host.freeFrames()).isEqualTo(PAGES);
    }

    @Test
    void givingAPageBackTwiceIsGivingItBackOnce() {
        memory.balloon().inflate(7);
        memory.balloon().inflate(7);
        assertThat(memory.balloon().pages()).isEqualTo(1);
    }

    @Test
    void aWriteGetsAClearedFrameAndIsLogged() {
        memory.dirtyLog().start();
        memory.write(7, KIND, false);
        long before = memory.read(7);
        memory.balloon().inflate(7);
        memory.dirtyLog().getAndClear(new PageBitmap(PAGES));
        memory.write(7, KIND, false);
        PageBitmap dirty = new PageBitmap(PAGES);
        memory.dirtyLog().getAndClear(dirty);
        assertThat(dirty.get(7)).isTrue();
        assertThat(memory.balloon().pages()).isZero();
        assertThat(memory.balloon().deflatedOnDemand()).isEqualTo(1);
        assertThat(PageContent.version(memory.read(7))).isGreaterThan(PageContent.version(before));
    }

    @Test
    void aWriteThatNobodyHasReadDoesNotStandForOneAfterThePageWasGivenBack() {
        memory.write(7, KIND, false);
        memory.write(7, KIND, false);
        memory.balloon().inflate(7);
        memory.write(7, KIND, false);
        assertThat(memory.frame(7)).isNotEqualTo(GuestMemory.NO_FRAME);
        assertThat(memory.read(7)).isNotEqualTo(PageContent.NEVER_WRITTEN);
    }

    @Test
    void aPageThatTheGuestTakesBackHoldsZeros() {
        memory.write(7, KIND, false);
        memory.balloon().inflate(7);
        memory.balloon().deflate(7);
        assertThat(memory.balloon().holds(7)).isFalse();
        assertThat(PageContent.isZero(memory.read(7))).isTrue();
        assertThat(memory.balloon().deflatedOnDemand()).isZero();
    }

    @Test
    void theStateTravelsAndDiscardsWhatTheOtherHostHad() {
        GuestMemory there = new GuestMemory(PAGES, 4096, new HostMemory(PAGES), new NestedPagingDirtyLog(PAGES));
        there.receive(7, PageContent.first(7, MemoryKind.OLD, false));
        there.balloon().inflate(100);
        memory.balloon().inflate(7);
        memory.balloon().inflate(8);
        there.balloon().load(memory.balloon());
        assertThat(there.balloon().holds(7)).isTrue();
        assertThat(there.balloon().holds(8)).isTrue();
        assertThat(there.balloon().holds(100)).isFalse();
        assertThat(there.frame(7)).isEqualTo(GuestMemory.NO_FRAME);
    }

    @Test
    void theListOfPagesIsAsLongAsItsRunsOrABitmapWhicheverIsShorter() {
        assertThat(memory.balloon().stateBytes()).isZero();
        for (int gfn = 10; gfn < 100; gfn++) {
            memory.balloon().inflate(gfn);
        }
        assertThat(memory.balloon().stateBytes()).isEqualTo(16);
        memory.balloon().inflate(200);
        assertThat(memory.balloon().stateBytes()).isEqualTo(32);
        for (int gfn = 0; gfn < PAGES; gfn += 2) {
            memory.balloon().inflate(gfn);
        }
        assertThat(memory.balloon().stateBytes()).isEqualTo(PAGES / 8);
    }

    @Test
    void aPageThatHasNotArrivedCannotBeGivenBack() {
        PageBitmap elsewhere = new PageBitmap(PAGES);
        elsewhere.set(7);
        memory.expect(elsewhere);
        assertThatThrownBy(() -> memory.balloon().inflate(7)).hasMessageContaining("gfn=7");
    }
}
