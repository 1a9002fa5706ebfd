package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.device.InFlightPolicy;
import dev.godwit.hypervisor.machine.Surroundings;
import dev.godwit.hypervisor.memory.Paging;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.CutLink;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.hypervisor.transport.VirtualLink;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Random guests, layouts (also stale and wrong ones), links and faults (cut, slow, loss of either host), through every
 * technique there is: ten thousand guests ({@code -Dgodwit.test.seeds} for more), or as many as a minute allows.
 *
 * <p>A failure names its seed and technique, and the command that runs just those again.
 */
class EveryTechniqueTest {
    private static final int SEEDS = Integer.getInteger("godwit.test.seeds", 10_000);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(Integer.getInteger("godwit.test.seconds", 60));
    private static final String ONE_SEED = System.getProperty("godwit.test.seed");
    private static final String ONE_TECHNIQUE = System.getProperty("godwit.test.technique");
    private static final int FEWEST_TO_JUDGE = 200;
    private static final int PAGES = RandomGuest.PAGES;

    @Test
    void whateverHappensNoWriteIsLostAndTheResultSaysWhereTheGuestIs() throws Exception {
        Map<String, Tally> tallies = new ConcurrentHashMap<>();
        AtomicLong nextSeed = new AtomicLong();
        long deadlineNanos = System.nanoTime() + MOST_NANOS;
        Callable<Void> worker = () -> {
            for (long seed = nextSeed.getAndIncrement();
                    seed < SEEDS && System.nanoTime() < deadlineNanos;
                    seed = nextSeed.getAndIncrement()) {
                throughEveryTechnique(seed, tallies);
            }
            return null;
        };
        if (ONE_SEED != null) {
            throughEveryTechnique(Long.parseLong(ONE_SEED), tallies);
        } else {
            onEveryProcessor(worker);
            tallies.forEach((technique, tally) -> tally.judge(technique));
        }
    }

    private static void onEveryProcessor(Callable<Void> worker) throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(processors);
        try {
            for (Future<Void> done : pool.invokeAll(Collections.nCopies(processors, worker))) {
                done.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        } finally {
            pool.shutdownNow();
        }
    }

    private static void throughEveryTechnique(long seed, Map<String, Tally> tallies) {
        for (Technique technique : Technique.ALL) {
            if (ONE_TECHNIQUE == null || technique.label().equals(ONE_TECHNIQUE)) {
                migrate(seed, technique, tallies.computeIfAbsent(technique.label(), key -> new Tally(technique)));
            }
        }
    }

    private static void migrate(long seed, Technique technique, Tally tally) {
        String again = technique + ", seed " + seed
                + "; again: mvn -pl hypervisor-model -am test -Dtest=EveryTechniqueTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dgodwit.test.seed=" + seed + " -Dgodwit.test.technique="
                + technique;
        RandomGuest guest = new RandomGuest(seed);
        Rig rig = rig(technique, guest);
        Migration migration;
        try {
            migration = rig.run();
        } catch (RuntimeException e) {
            throw new AssertionError(again, e);
        }

        assertThat(rig.verification.passed())
                .as("%s: %s (%s)", again, rig.verification.text(), migration.reason())
                .isTrue();
        VmFate fate = rig.statistics.fate();
        boolean vmLost = fate instanceof VmFate.Lost;
        int running = (rig.source.isRunning() ? 1 : 0) + (rig.destination.isRunning() ? 1 : 0);
        assertThat(running).as(again).isEqualTo(vmLost ? 0 : 1);
        assertThat(rig.destination.isRunning()).as(again).isEqualTo(fate instanceof VmFate.RunsAtDestination);
        assertThat(guest.done + guest.aborted).as(again).isEqualTo(technique.hints() ? 1 : 0);
        // A VM whose host is lost before it has left it is no victim of its migration.
        tally.add(migration.status(), vmLost && rig.statistics.runAhead().isPresent());
    }

    /** How the migrations of one technique ended: the test tests something only if every end is met. */
    private static final class Tally {
        private final Technique technique;
        private final Map<MigrationStatus, Integer> ends = new EnumMap<>(MigrationStatus.class);
        private int migrations;
        private int lost;

        Tally(Technique technique) {
            this.technique = technique;
        }

        synchronized void add(MigrationStatus end, boolean vmLost) {
            migrations++;
            ends.merge(end, 1, Integer::sum);
            lost += vmLost ? 1 : 0;
        }

        synchronized void judge(String label) {
            if (migrations < FEWEST_TO_JUDGE) {
                return;
            }
            String what = label + ": " + ends + ", lost " + lost + " of " + migrations;
            assertThat(ends.get(MigrationStatus.COMPLETED)).as(what).isGreaterThan(migrations / 5);
            assertThat(ends.get(MigrationStatus.FAILED)).as(what).isGreaterThan(migrations / 50);
            boolean runsAhead = !technique.name().startsWith("pre-copy") && !technique.readsStorage();
            assertThat(lost > 0).as(what).isEqualTo(runsAhead);
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
        if (random.nextInt(3) == 0) {
            rig.shareProcessors(random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
            InFlightPolicy inFlight = random.nextBoolean() ? InFlightPolicy.DRAIN : InFlightPolicy.CARRY_OVER;
            rig.furnish(
                    Surroundings.Setting.asQemu(random.nextInt(1_000_000)).withInFlight(inFlight),
                    10 * random.nextInt(500));
        }
        rig.hints = technique.hints();
        rig.convergence = new ConvergencePolicy(1_000_000 + random.nextInt(40_000_000), 12);
        TechniqueOptions options = TechniqueOptions.DEFAULT.withStayNanos(random.nextInt(60_000_000));
        StorageCopies copies = guest.storage(rig);
        rig.engines = setting -> technique.engine(setting, options, copies);
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
