package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.hint.RandomLayouts;
import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import java.util.List;
import java.util.SplittableRandom;

/** A guest that writes anywhere, and whose agent says anything, all by its seed. */
final class RandomGuest extends FakeAgent implements Program {
    static final int PAGES = 400;
    private static final List<MemoryKind> KINDS = List.of(MemoryKind.values());

    final SplittableRandom random;
    private final int hotPages;
    private final long tickNanos;
    private final boolean givesBack;
    private long untilTick;
    private int page = GuestMemory.NO_PAGE;

    RandomGuest(long seed) {
        super(frames(new RandomStreams(seed).stream("frames")));
        random = new RandomStreams(seed).stream("guest");
        hotPages = 1 + random.nextInt(PAGES);
        tickNanos = 20_000L + random.nextInt(2_000_000);
        untilTick = tickNanos;
        givesBack = random.nextInt(3) == 0;
    }

    private static GuestFrames frames(SplittableRandom random) {
        PageRuns.Builder runs = new PageRuns.Builder();
        for (int i = 0, page = 50; i < 4; i++) {
            int count = 1 + random.nextInt(60);
            runs.add(page, count);
            page += count + random.nextInt(20);
        }
        return GuestFixtures.frames(runs.build(), Rig.PAGE);
    }

    @Override
    public void boot(GuestMemory memory) {
        for (int gfn = 0; gfn < PAGES; gfn++) {
            MemoryKind kind = KINDS.get(random.nextInt(KINDS.size()));
            memory.receive(gfn, PageContent.first(gfn, kind, random.nextInt(4) == 0));
        }
        for (int i = givesBack ? random.nextInt(PAGES) : 0; i > 0; i--) {
            memory.balloon().inflate(random.nextInt(PAGES));
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
                if (untilTick > left) {
                    untilTick -= left;
                    return nanos;
                }
                left -= untilTick;
                untilTick = tickNanos;
                page = random.nextInt(hotPages);
                if (random.nextInt(20) == 0) {
                    changeItsMind();
                }
                if (givesBack && random.nextInt(8) == 0) {
                    giveBackOrTake(memory, random.nextInt(PAGES));
                }
            }
            if (memory.isMissing(page)) {
                memory.fault(page);
                return nanos - left;
            }
            memory.write(page, MemoryKind.EDEN.code(), random.nextInt(6) == 0);
            page = GuestMemory.NO_PAGE;
        }
    }

    /** The page that is written next may be one of these: it comes back as zeros. */
    private static void giveBackOrTake(GuestMemory memory, int gfn) {
        if (memory.balloon().holds(gfn)) {
            memory.balloon().deflate(gfn);
        } else if (!memory.isMissing(gfn)) {
            memory.balloon().inflate(gfn);
        }
    }

    /** Goes on from the same write; what it draws behind it is not what it drew before. */
    @Override
    public Mark mark() {
        int markedPage = page;
        long markedTick = untilTick;
        return () -> {
            page = markedPage;
            untilTick = markedTick;
        };
    }

    /** Storage that holds some of the pages as they are when the guest boots. */
    StorageCopies storage(Rig rig) {
        StorageCopies copies = new StorageCopies(1_000_000 + random.nextInt(200_000_000), random.nextInt(2_000_000));
        PageBitmap stored = new PageBitmap(PAGES);
        for (int i = random.nextInt(PAGES); i > 0; i--) {
            stored.set(random.nextInt(PAGES));
        }
        boolean[] laid = {false};
        rig.source.watch(vm -> {
            if (!laid[0]) {
                laid[0] = true;
                copies.lay(vm.memory(), stored);
            }
        });
        return copies;
    }

    private void changeItsMind() {
        switch (random.nextInt(4)) {
            case 0 -> layout = null;
            case 1 -> epoch++;
            default -> layout = RandomLayouts.layout(random, 40 * Rig.PAGE, 400 * Rig.PAGE, epoch);
        }
    }
}
