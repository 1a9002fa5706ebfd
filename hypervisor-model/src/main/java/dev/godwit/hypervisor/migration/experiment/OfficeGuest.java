package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.trace.MemoryKind;
import java.util.SplittableRandom;

/**
 * An office machine, used or idle. It touches pages at even intervals, reading some and writing others; pages are drawn
 * from sets that lie within each other, as below. All of it is assumed, for illustration; none of it is measured.
 *
 * <pre>
 *          touches/s   of which writes   16 MiB (daemons)   256 MiB (background)   1.5 GiB (desktop)
 *  idle           20             1 / 3               95 %                    5 %                   -
 *  used          400             1 / 2               20 %                   30 %                50 %
 * </pre>
 */
final class OfficeGuest implements Program {
    static final int PAGE_BYTES = 4096;
    /** 4 GiB. */
    static final int PAGES = 1 << 20;

    private static final int DAEMON_PAGES = 4 << 10;
    private static final int BACKGROUND_PAGES = 64 << 10;
    private static final int DESKTOP_PAGES = 384 << 10;
    private static final long IDLE_TICK_NANOS = 1_000_000_000L / 20;
    private static final long USED_TICK_NANOS = 1_000_000_000L / 400;

    private final SplittableRandom random;
    private boolean used = true;
    private long untilTouch = USED_TICK_NANOS;
    private int page = GuestMemory.NO_PAGE;
    private boolean writes;

    OfficeGuest(RandomStreams random) {
        this.random = random.stream("touches");
    }

    /** Somebody sits down before it, or goes away. */
    void use(boolean begins) {
        used = begins;
    }

    @Override
    public void boot(GuestMemory memory) {
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            memory.receive(gfn, PageContent.first(gfn, MemoryKind.OTHER_PROCESSES, false));
        }
    }

    @Override
    public void execute(GuestMemory memory, long nanos) {
        executeUntilFault(memory, nanos);
    }

    @Override
    public long executeUntilFault(GuestMemory memory, long nanos) {
        long left = nanos;
        while (true) {
            if (page == GuestMemory.NO_PAGE) {
                if (untilTouch > left) {
                    untilTouch -= left;
                    return nanos;
                }
                left -= untilTouch;
                draw();
            }
            if (memory.isMissing(page)) {
                memory.fault(page);
                return nanos - left;
            }
            if (writes) {
                memory.write(page, MemoryKind.OTHER_PROCESSES.code(), false);
            }
            page = GuestMemory.NO_PAGE;
        }
    }

    private void draw() {
        untilTouch = used ? USED_TICK_NANOS : IDLE_TICK_NANOS;
        int percent = random.nextInt(100);
        int daemons = used ? 20 : 95;
        int background = used ? 50 : 100;
        page = random.nextInt(
                percent < daemons ? DAEMON_PAGES : percent < background ? BACKGROUND_PAGES : DESKTOP_PAGES);
        writes = random.nextInt(used ? 2 : 3) == 0;
    }
}
