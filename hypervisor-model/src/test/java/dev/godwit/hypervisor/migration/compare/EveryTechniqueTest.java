package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.hint.RandomLayouts;
import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.CutLink;
import dev.godwit.hypervisor.transport.VirtualLink;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random guests, layouts (also stale and wrong ones), links and cuts, through every technique there is. */
class EveryTechniqueTest {
    private static final int SEEDS = Integer.getInteger("godwit.test.seeds", 1200);
    private static final int PAGES = 400;
    private static final List<MemoryKind> KINDS = List.of(MemoryKind.values());

    @Test
    void whateverHappensNoWriteIsLostAndTheResultSaysWhereTheGuestIs() {
        for (Technique technique : Technique.ALL) {
            Map<MigrationStatus, Integer> ends = new EnumMap<>(MigrationStatus.class);
            int lost = 0;
            for (long seed = 0; seed < SEEDS; seed++) {
                String run = technique + " seed " + seed;
                RandomGuest guest = new RandomGuest(seed);
                Rig rig = rig(technique, guest);

                Migration migration = rig.run();

                assertThat(rig.verification.passed())
                        .as("%s: %s (%s)", run, rig.verification.text(), migration.reason())
                        .isTrue();
                boolean vmLost = rig.statistics
                        .runAhead()
                        .map(RunAheadStatistics::vmLost)
                        .orElse(false);
                int running = (rig.source.isRunning() ? 1 : 0) + (rig.destination.isRunning() ? 1 : 0);
                assertThat(running).as(run).isEqualTo(vmLost ? 0 : 1);
                assertThat(rig.destination.isRunning())
                        .as(run)
                        .isEqualTo(migration.status() == MigrationStatus.COMPLETED);
                lost += vmLost ? 1 : 0;
                ends.merge(migration.status(), 1, Integer::sum);
                if (!technique.hints()) {
                    assertThat(guest.done + guest.aborted).as(run).isZero();
                } else {
                    assertThat(guest.done + guest.aborted).as(run).isEqualTo(1);
                }
            }
            // The test tests something only if every end is met.
            assertThat(ends.get(MigrationStatus.COMPLETED))
                    .as("%s: %s", technique, ends)
                    .isGreaterThan(SEEDS / 5);
            assertThat(ends.get(MigrationStatus.FAILED))
                    .as("%s: %s", technique, ends)
                    .isGreaterThan(SEEDS / 10);
            boolean runsAhead = !technique.name().startsWith("pre-copy");
            assertThat(lost > 0).as("%s lost %d", technique, lost).isEqualTo(runsAhead);
        }
    }

    private static Rig rig(Technique technique, RandomGuest guest) {
        SplittableRandom random = guest.random;
        Rig rig = new Rig(PAGES, guest, guest, 1_000_000 + random.nextInt(200_000_000));
        rig.link = new VirtualLink(
                rig.clock, rig.link.bandwidthBytesPerSecond(), random.nextInt(4) == 0 ? 0 : random.nextInt(2_000_000));
        if (random.nextInt(2) == 0) {
            rig.link = new CutLink(rig.link, 200_000L + random.nextInt(2 * PAGES * Rig.PAGE));
        }
        rig.hints = technique.hints();
        rig.convergence = new ConvergencePolicy(1_000_000 + random.nextInt(40_000_000), 12);
        rig.engines = technique::engine;
        if (random.nextInt(10) == 0) {
            int after = random.nextInt(300);
            rig.clock.board(new CancelsAfter(after, rig.cancel::cancel));
        }
        return rig;
    }

    /** Cancels when time has passed so many times. */
    private static final class CancelsAfter implements VirtualClock.Passenger {
        private final Runnable cancel;
        private int left;

        CancelsAfter(int times, Runnable cancel) {
            this.left = times;
            this.cancel = cancel;
        }

        @Override
        public void passTime(long fromNanos, long toNanos) {
            if (left-- == 0) {
                cancel.run();
            }
        }
    }

    private static final class RandomGuest extends FakeAgent implements Program {
        private final SplittableRandom random;
        private final int hotPages;
        private final long tickNanos;
        private long untilTick;
        private int page = GuestMemory.NO_PAGE;

        RandomGuest(long seed) {
            super(frames(new RandomStreams(seed).stream("frames")));
            random = new RandomStreams(seed).stream("guest");
            hotPages = 1 + random.nextInt(PAGES);
            tickNanos = 20_000L + random.nextInt(2_000_000);
            untilTick = tickNanos;
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
                }
                if (memory.isMissing(page)) {
                    memory.fault(page);
                    return nanos - left;
                }
                memory.write(page, MemoryKind.EDEN.code(), random.nextInt(6) == 0);
                page = GuestMemory.NO_PAGE;
            }
        }

        private void changeItsMind() {
            switch (random.nextInt(4)) {
                case 0 -> layout = null;
                case 1 -> epoch++;
                default -> layout = RandomLayouts.layout(random, 40 * Rig.PAGE, 400 * Rig.PAGE, epoch);
            }
        }
    }
}
