package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.memory.Paging;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.CutLink;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.hypervisor.transport.VirtualLink;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random guests, layouts (also stale and wrong ones), links and cuts, through every technique there is. */
class EveryTechniqueTest {
    private static final int SEEDS = Integer.getInteger("godwit.test.seeds", 1200);
    private static final int PAGES = RandomGuest.PAGES;

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
                VmFate fate = rig.statistics.fate();
                boolean vmLost = fate instanceof VmFate.Lost;
                int running = (rig.source.isRunning() ? 1 : 0) + (rig.destination.isRunning() ? 1 : 0);
                assertThat(running).as(run).isEqualTo(vmLost ? 0 : 1);
                assertThat(rig.destination.isRunning()).as(run).isEqualTo(fate instanceof VmFate.RunsAtDestination);
                // A VM whose host is lost before it has left it is no victim of its migration.
                lost += vmLost && rig.statistics.runAhead().isPresent() ? 1 : 0;
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
        Paging paging = random.nextBoolean() ? Paging.NESTED : Paging.SHADOW;
        Rig rig = new Rig(PAGES, guest, guest, 1_000_000 + random.nextInt(200_000_000), paging.dirtyLog(PAGES));
        rig.link = new VirtualLink(
                rig.clock, rig.link.bandwidthBytesPerSecond(), random.nextInt(4) == 0 ? 0 : random.nextInt(2_000_000));
        if (random.nextInt(2) == 0) {
            rig.faults(FaultPlan.random(random, 1_000_000 + random.nextLong(2_000_000_000)));
        } else if (random.nextInt(2) == 0) {
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
}
