package dev.godwit.hypervisor.migration.precopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.CollectionPolicy;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.hint.HintRules;
import dev.godwit.hypervisor.hint.RandomLayouts;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.transport.CutLink;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PreCopyEngineTest {
    private static final int PAGES = 60_000;
    private static final long BANDWIDTH = 125_000_000;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));

    @Test
    void withAConstantDirtyRateTheRoundsAreAGeometricSeries() {
        for (double ratio : new double[] {0.1, 0.3, 0.5, 0.7}) {
            Rig rig = new Rig(PAGES, Rig.writer(ratio * BANDWIDTH, PAGES), agent, BANDWIDTH);
            rig.convergence = new ConvergencePolicy(20_000_000, 30);

            Migration migration = rig.run();

            assertThat(migration.status()).as(migration.reason()).isEqualTo(MigrationStatus.COMPLETED);
            assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
            double wirePage = (Rig.PAGE + 8.0) / Rig.PAGE;
            double expectedSeconds = 0;
            double term = PAGES * (double) Rig.PAGE * wirePage / BANDWIDTH;
            for (int i = 0; i < rig.statistics.rounds().size(); i++) {
                expectedSeconds += term;
                term *= ratio * wirePage;
            }
            assertThat(rig.statistics.totalNanos() / 1e9)
                    .as("d/B = %s", ratio)
                    .isCloseTo(expectedSeconds, within(0.02 * expectedSeconds));
            assertThat(rig.statistics.downtimeNanos()).isLessThanOrEqualTo(20_000_000L + 5_000_000L);
        }
    }

    /** Cloud Hypervisor issue 7799: 6144 MiB, 1.8 GiB/s, 5418 MiB dirty in every round of 3 s. */
    @Test
    void theKnownCaseThatNeverConvergesDoesNotConvergeHereEither() {
        int workingSet = 5418 * 256;
        Rig rig = new Rig(6144 * 256, Rig.writer(5418.0 * (1 << 20), workingSet), agent, (long) (1.8 * (1L << 30)));

        Migration migration = rig.run();

        assertThat(migration.status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(migration.reason()).contains("did not converge within the cap of 30 rounds");
        assertThat(rig.statistics.expectedDowntimeNanos()).isBetween(2_700_000_000L, 3_050_000_000L);
        assertThat(rig.statistics.rounds()).hasSize(30);
        assertThat(rig.source.isRunning()).isTrue();
        assertThat(rig.destination.isRunning()).isFalse();
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
    }

    @Test
    void whatIsCancelledInAnyRoundRunsOnAtTheSource() {
        for (int round = 1; round <= 12; round++) {
            int cancelIn = round;
            Rig rig = new Rig(PAGES, Rig.writer(BANDWIDTH * 0.95, 30_000), agent, BANDWIDTH);
            rig.convergence = new ConvergencePolicy(1_000_000, 30);
            rig.hints = true;
            rig.progress = new ProgressListener() {
                @Override
                public void roundEnded(RoundStatistics ended) {
                    if (ended.round() == cancelIn) {
                        rig.cancel.cancel();
                    }
                }
            };
            int abortedBefore = agent.aborted;

            Migration migration = rig.run();

            assertThat(migration.status()).isEqualTo(MigrationStatus.CANCELLED);
            assertThat(migration.reason()).isEqualTo("cancelled by the operator");
            assertThat(rig.statistics.rounds()).hasSize(round);
            assertThat(rig.source.isRunning()).isTrue();
            assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
            assertThat(agent.aborted).isEqualTo(abortedBefore + 1);
            assertThat(agent.done).isZero();
        }
    }

    @Test
    void aMigrationCancelledInThePauseGivesTheGuestBackToTheSource() {
        Rig rig = new Rig(PAGES, Rig.writer(BANDWIDTH * 0.1, PAGES), agent, BANDWIDTH);
        rig.hints = true;
        rig.source.watch(vm -> {
            if (!vm.isRunning()) {
                rig.cancel.cancel();
            }
        });

        Migration migration = rig.run();

        assertThat(migration.transitions())
                .extracting(t -> t.to().label())
                .containsExactly("setup", "active", "device", "cancelled");
        assertThat(rig.source.isRunning()).isTrue();
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(agent.aborted).isEqualTo(1);
    }

    @Test
    void aWriteThatLandsWhileTheGuestIsBeingPausedIsSentInThePause() {
        Rig rig = new Rig(PAGES, Rig.writer(BANDWIDTH * 0.1, PAGES), agent, BANDWIDTH);
        rig.source.watch(vm -> {
            if (!vm.isRunning()) {
                vm.memory().write(PAGES - 1, MemoryKind.PAGE_CACHE.code(), false);
            }
        });

        rig.run();

        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(PageContent.kindCode(rig.destination.memory().read(PAGES - 1)))
                .isEqualTo(MemoryKind.PAGE_CACHE.code());
    }

    @Test
    void aLinkThatBreaksAtAnyMomentLeavesTheGuestRunningAtTheSource() {
        for (long good = 0; good < 320_000_000; good += 9_700_000) {
            long bytes = good;
            Rig rig = new Rig(PAGES, Rig.writer(BANDWIDTH * 0.1, PAGES), agent, BANDWIDTH);
            rig.hints = true;
            rig.link = new CutLink(rig.link, bytes);
            int heard = agent.aborted + agent.done;

            Migration migration = rig.run();

            boolean completed = migration.status() == MigrationStatus.COMPLETED;
            assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
            assertThat(rig.source.isRunning()).isEqualTo(!completed);
            assertThat(rig.destination.isRunning()).isEqualTo(completed);
            assertThat(agent.aborted + agent.done).isEqualTo(heard + 1);
            if (!completed) {
                assertThat(migration.reason()).startsWith("the link was cut");
            }
        }
        assertThat(agent.aborted).isPositive();
        assertThat(agent.done).isPositive();
    }

    @Test
    void whenOnlySurvivorsAreTooManyTheRoundsWaitForACollectionThatLeavesFewer() {
        Rig[] rigs = new Rig[1];
        FakeAgent full = new FakeAgent(agent.frames()) {
            @Override
            public boolean canCollect() {
                return true;
            }

            @Override
            public long predictedSurvivorBytes() {
                return rigs[0].clock.nanos() < 4_000_000_000L ? 100_000_000 : 0;
            }

            @Override
            public boolean prepare() {
                return true;
            }

            @Override
            public boolean isPrepared() {
                return true;
            }

            @Override
            public void awaitPrepared() {}
        };
        int pages = 25_000;
        Rig rig = new Rig(pages, Rig.writer(10e6, pages), full, 100_000_000);
        rigs[0] = rig;
        rig.hints = true;
        rig.rules = HintRules.DEFAULT.withCollection(CollectionPolicy.ALWAYS);

        Migration migration = rig.run();

        assertThat(migration.status()).as(migration.reason()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.statistics.rounds().size()).isLessThan(30);
        assertThat(rig.clock.nanos()).isGreaterThan(4_000_000_000L);
    }

    @Test
    void aCollectionThatLeftTooMuchIsNotTriedAgainWhileRoundsStillMakeTheRestSmaller() {
        Rig[] rigs = new Rig[1];
        int[] collections = new int[1];
        FakeAgent spilling = new FakeAgent(agent.frames()) {
            @Override
            public boolean canCollect() {
                return true;
            }

            @Override
            public boolean prepare() {
                collections[0]++;
                return true;
            }

            @Override
            public boolean isPrepared() {
                return true;
            }

            /** It leaves nothing alive, but has written 28.7 MB elsewhere: 287 of the 300 ms. */
            @Override
            public void awaitPrepared() {
                for (int gfn = 15_000; gfn < 22_000; gfn++) {
                    rigs[0].source.memory().write(gfn, MemoryKind.NATIVE.code(), false);
                }
            }
        };
        int pages = 25_000;
        Rig rig = new Rig(pages, Rig.writer(10e6, pages), spilling, 100_000_000);
        rigs[0] = rig;
        rig.hints = true;
        rig.rules = HintRules.DEFAULT.withCollection(CollectionPolicy.ALWAYS);

        Migration migration = rig.run();

        assertThat(migration.status()).as(migration.reason()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(collections[0]).as("the first finds out").isEqualTo(2);
    }

    @Test
    void anAgentThatAnswersNonsenseIsNotBelievedAndTheMigrationGoesOn() {
        FakeAgent broken = new FakeAgent(agent.frames()) {
            @Override
            public long epoch() {
                throw new IllegalStateException("no epoch");
            }
        };
        broken.layout = RandomLayouts.layout(new SplittableRandom(1), 100 * Rig.PAGE, 150 * Rig.PAGE, 1);
        Rig rig = new Rig(PAGES, Rig.writer(BANDWIDTH * 0.1, PAGES), agent, BANDWIDTH);
        rig.hints = true;
        rig.engineAgent = broken;

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.notices()).anyMatch(notice -> notice.contains("no epoch"));
        assertThat(broken.done).isEqualTo(1);
    }
}
