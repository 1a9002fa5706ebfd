package dev.godwit.hypervisor.migration.precopy;

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
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random guests with random, stale and wrong layouts: whatever they say, no write is lost. */
class NoWriteIsLostTest {
    private static final int SEEDS = 600;

    @Test
    void whateverTheGuestSaysEveryPageArrivesOrWasProvenEmptyByItsOwnWord() {
        int completed = 0;
        int withDrops = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            RandomGuest guest = new RandomGuest(seed);
            Rig rig = new Rig(guest.pages, guest, guest, 1_000_000 + guest.random.nextInt(40_000_000));
            rig.hints = guest.random.nextInt(5) > 0;
            rig.convergence = new ConvergencePolicy(1_000_000 + guest.random.nextInt(40_000_000), 12);
            int[] differing = {0};
            rig.destination.watch(vm -> differing[0] += vm.isRunning() ? unprovenDifferences(rig, guest) : 0);

            Migration migration = rig.run();

            assertThat(rig.verification.passed())
                    .as("seed %d: %s", seed, rig.verification.text())
                    .isTrue();
            assertThat(differing[0]).as("seed %d: pages that differ", seed).isZero();
            assertThat(rig.source.isRunning() ^ rig.destination.isRunning())
                    .as("seed %d", seed)
                    .isTrue();
            if (migration.status() == MigrationStatus.COMPLETED) {
                completed++;
                withDrops += rig.statistics.droppedPages() > 0 ? 1 : 0;
                if (guest.layout == null || guest.layout.epoch() != guest.epoch || !rig.hints) {
                    assertThat(rig.statistics.droppedPages())
                            .as("seed %d: dropped without a proof", seed)
                            .isZero();
                }
            }
        }
        assertThat(completed).isGreaterThan(SEEDS / 4);
        assertThat(withDrops).isGreaterThan(SEEDS / 20);
    }

    /** Pages whose content is not the source's, and that no current layout shows to be empty. */
    private static int unprovenDifferences(Rig rig, RandomGuest guest) {
        int differing = 0;
        for (int gfn = 0; gfn < guest.pages; gfn++) {
            if (rig.destination.memory().read(gfn) != rig.source.memory().read(gfn)) {
                int index = guest.frames().jvmIndex(gfn);
                boolean proven = index >= 0
                        && guest.layout != null
                        && guest.layout.epoch() == guest.epoch
                        && RandomLayouts.holdsNothing(
                                guest.layout, guest.frames().jvmPages().page(index) * Rig.PAGE, Rig.PAGE);
                differing += proven ? 0 : 1;
            }
        }
        return differing;
    }

    private static final class RandomGuest extends FakeAgent implements Program {
        private final SplittableRandom random;
        private final int pages = 400;
        private final int hotPages;
        private final double writesPerMilli;
        private double owed;

        RandomGuest(long seed) {
            super(frames(new SplittableRandom(seed)));
            random = new SplittableRandom(seed + 1_000_000);
            hotPages = 1 + random.nextInt(pages);
            writesPerMilli = random.nextDouble() * 8;
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
            for (int gfn = 0; gfn < pages; gfn++) {
                memory.receive(gfn, PageContent.first(gfn, MemoryKind.OLD, random.nextInt(4) == 0));
            }
        }

        @Override
        public void execute(GuestMemory memory, long nanos) {
            owed += nanos / 1e6 * writesPerMilli;
            for (; owed >= 1; owed--) {
                memory.write(random.nextInt(hotPages), MemoryKind.EDEN.code(), random.nextInt(6) == 0);
                if (random.nextInt(40) == 0) {
                    changeItsMind();
                }
            }
        }

        private void changeItsMind() {
            switch (random.nextInt(4)) {
                case 0 -> layout = null;
                case 1 -> epoch++;
                default -> {
                    HeapLayout next = RandomLayouts.layout(random, 40 * Rig.PAGE, 400 * Rig.PAGE, epoch);
                    layout = next;
                }
            }
        }
    }
}
