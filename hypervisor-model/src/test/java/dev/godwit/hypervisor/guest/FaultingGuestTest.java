package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.trace.MemoryKind;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A guest whose pages are elsewhere does, once they are there, exactly what it would have done. */
class FaultingGuestTest {
    private static final long MEMORY = 256L << 20;

    @Test
    void aGuestThatWaitsForEachPageWritesWhatOneThatNeverWaitsWrites() {
        for (long seed = 0; seed < 8; seed++) {
            RecordedRun run = new SyntheticTrace(seed)
                    .eden(700, 900)
                    .old(2000, 1000, 300)
                    .intervals(6, 50 * SyntheticTrace.MS)
                    .record();
            ReplayedGuest plain = guest(run, seed);
            ReplayedGuest faulting = guest(run, seed);
            GuestMemory whole = memory(plain);
            GuestMemory origin = memory(faulting);
            plain.boot(whole);
            faulting.boot(origin);
            GuestMemory late = memory(faulting);
            PageBitmap all = new PageBitmap(late.pages());
            all.setAll();
            late.expect(all);

            // At no whole number of page-cache writes, whose rate is a fraction that sums up with an error.
            long nanos = 397_123_457;
            plain.execute(whole, nanos);
            int faults = executeWithFaults(faulting, late, origin, nanos, seed);

            assertThat(faults).as("seed %d", seed).isGreaterThan(1000);
            assertThat(faulting.traceNanos()).isEqualTo(plain.traceNanos());
            assertThat(faulting.epoch()).isEqualTo(plain.epoch());
            for (int gfn = 0; gfn < whole.pages(); gfn++) {
                if (late.isMissing(gfn)) {
                    late.receive(gfn, origin.read(gfn));
                }
                assertThat(late.read(gfn))
                        .as(
                                "seed %d, page %d: %s, not %s",
                                seed, gfn, PageContent.describe(late.read(gfn)), PageContent.describe(whole.read(gfn)))
                        .isEqualTo(whole.read(gfn));
            }
        }
    }

    /** Executes in stretches of any length; every missing page arrives when it is waited for. */
    private static int executeWithFaults(
            ReplayedGuest guest, GuestMemory memory, GuestMemory origin, long nanos, long seed) {
        SplittableRandom random = new RandomStreams(seed).stream("stretches");
        int faults = 0;
        long left = nanos;
        int waitsFor = GuestMemory.NO_PAGE;
        while (left > 0 || waitsFor != GuestMemory.NO_PAGE) {
            long stretch = Math.min(left, 1 + random.nextLong(3_000_000));
            long executed = guest.executeUntilFault(memory, stretch);
            waitsFor = memory.faultedPage();
            assertThat(executed).isBetween(0L, stretch);
            assertThat(executed < stretch && waitsFor == GuestMemory.NO_PAGE).isFalse();
            left -= executed;
            if (waitsFor != GuestMemory.NO_PAGE) {
                faults++;
                memory.receive(waitsFor, origin.read(waitsFor));
            }
        }
        return faults;
    }

    @Test
    void aWriteToAMissingPageIsRefusedAndToAnEmptyOneIsNot() {
        GuestMemory memory = new GuestMemory(10, 4096, new HostMemory(10), new NestedPagingDirtyLog(10));
        PageBitmap missing = new PageBitmap(10);
        missing.set(3);
        memory.expect(missing);

        memory.write(4, MemoryKind.EDEN.code(), false);

        assertThat(memory.emptyPagesWritten()).isEqualTo(1);
        assertThatThrownBy(() -> memory.write(3, MemoryKind.EDEN.code(), false))
                .hasMessage("gfn=3: a write to a page that has not arrived");
        memory.fault(3);
        memory.receive(3, PageContent.first(3, MemoryKind.OLD, false));
        assertThat(memory.faultedPage()).isEqualTo(GuestMemory.NO_PAGE);
        assertThat(memory.missingPages()).isZero();
        memory.write(3, MemoryKind.EDEN.code(), false);
        assertThat(memory.emptyPagesWritten()).isEqualTo(1);
    }

    private static ReplayedGuest guest(RecordedRun run, long seed) {
        return new ReplayedGuest(
                run, MEMORY, ReplayedGuest.defaultStart(run), new RandomStreams(seed), new VirtualClock());
    }

    private static GuestMemory memory(ReplayedGuest guest) {
        int pages = guest.frames().pages();
        return new GuestMemory(pages, 4096, new HostMemory(pages), new NestedPagingDirtyLog(pages));
    }
}
