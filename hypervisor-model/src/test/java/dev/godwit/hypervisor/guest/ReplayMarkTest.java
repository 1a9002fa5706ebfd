package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import org.junit.jupiter.api.Test;

/** A replay that goes back to where it was does the same again. */
class ReplayMarkTest {
    private static final long MS = SyntheticTrace.MS;

    private final RecordedRun run = new SyntheticTrace(3)
            .eden(700, 900)
            .old(2000, 1000, 300)
            .intervals(6, 50 * MS)
            .record();
    private final ReplayedGuest guest =
            new ReplayedGuest(run, 256L << 20, run.firstNanos(), new RandomStreams(3), new VirtualClock());
    private final GuestMemory memory = new GuestMemory(
            guest.frames().pages(),
            SyntheticTrace.PAGE,
            new HostMemory(guest.frames().pages()),
            new NestedPagingDirtyLog(guest.frames().pages()));

    @Test
    void inTheMiddleOfAnIntervalAcrossTheEndOfALapAndInACollection() {
        guest.boot(memory);
        memory.dirtyLog().start();
        guest.execute(memory, 77 * MS + 123);
        doesTheSameAgain(60 * MS);
        // The trace is 300 ms long.
        guest.execute(memory, 190 * MS);
        doesTheSameAgain(120 * MS);
        guest.execute(memory, 120 * MS);
        assertThat(guest.laps()).isPositive();
        assertThat(guest.prepare()).isTrue();
        guest.execute(memory, MS / 2);
        doesTheSameAgain(10 * MS);
        guest.execute(memory, 10 * MS);
        assertThat(guest.isPrepared()).isTrue();
        Program.Mark held = guest.mark();
        guest.done();
        held.rewind();
        assertThat(guest.isPrepared()).isTrue();
    }

    private void doesTheSameAgain(long nanos) {
        long before = guest.traceNanos();
        long epoch = guest.epoch();
        Program.Mark mark = guest.mark();
        PageBitmap first = writtenIn(nanos);
        long after = guest.traceNanos();

        mark.rewind();

        assertThat(guest.traceNanos()).isEqualTo(before);
        assertThat(guest.epoch()).isEqualTo(epoch);
        PageBitmap second = writtenIn(nanos);
        assertThat(guest.traceNanos()).isEqualTo(after);
        assertThat(first.count()).isPositive();
        for (int index = 0; index < run.pages().size(); index++) {
            int gfn = guest.frames().frameOf(index);
            assertThat(second.get(gfn)).as("page %d", index).isEqualTo(first.get(gfn));
        }
        mark.rewind();
    }

    private PageBitmap writtenIn(long nanos) {
        PageBitmap written = new PageBitmap(memory.pages());
        memory.dirtyLog().getAndClear(written);
        written.clear();
        guest.execute(memory, nanos);
        memory.dirtyLog().getAndClear(written);
        return written;
    }
}
