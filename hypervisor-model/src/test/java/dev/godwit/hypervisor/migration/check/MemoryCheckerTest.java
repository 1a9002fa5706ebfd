package dev.godwit.hypervisor.migration.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.memory.BrokenHost;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.hybrid.HybridEngine;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Frames and balloons in a migration, right and broken: the checker has to notice each breach. */
class MemoryCheckerTest {
    private static final int PAGES = 5000;
    private static final int GIVEN = 1000;
    private static final List<Function<MigrationSetting, MigrationEngine>> ENGINES =
            List.of(PreCopyEngine::new, PostCopyEngine::new, HybridEngine::new);

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private int next;

    @Test
    void whatTheGuestHasGivenBackIsNotTransferredByAnyEngine() {
        for (Function<MigrationSetting, MigrationEngine> engine : ENGINES) {
            Rig rig = rig(100);
            rig.engines = engine;

            assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
            assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
            assertThat(rig.verification.text()).contains("1000 of them given back by the guest");
            assertThat(rig.statistics.balloonedPages()).isEqualTo(GIVEN);
            assertThat(rig.destination.memory().balloon().pages()).isEqualTo(GIVEN);
            assertThat(rig.destination.memory().host().freeFrames()).isEqualTo(GIVEN);
            // One run of pages is listed.
            assertThat(rig.link.sentBytes() - rig.statistics.transferredBytes() - MigrationEngine.STATE_BYTES)
                    .isEqualTo(16
                            + rig.statistics
                                    .runAhead()
                                    .map(a -> a.pageListBytes())
                                    .orElse(0L));
        }
    }

    @Test
    void aPageThatTheGuestNeedsAgainIsThereAtOnceWithoutAnyRequest() {
        Rig rig = rig(PAGES);
        rig.engines = PostCopyEngine::new;
        next = PAGES - GIVEN;

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.deflatedPages()).isPositive();
        assertThat(rig.statistics.runAhead().orElseThrow().emptyFaults())
                .isEqualTo(rig.destination.memory().balloon().deflatedOnDemand());
    }

    @Test
    void aBalloonedPageThatIsTransferredIsFound() {
        Rig before = rig(100);
        before.clock.board((from, to) -> before.destination.memory().receive(4321, PageContent.NEVER_WRITTEN));
        assertFound(before, "ballooned frame 4321 was transferred");

        Rig after = rig(100);
        after.engines = PostCopyEngine::new;
        after.clock.board((from, to) -> {
            if (after.destination.isRunning()) {
                after.destination.memory().receive(4321, PageContent.NEVER_WRITTEN);
            }
        });
        assertFound(after, "ballooned frame 4321 was transferred");
    }

    @Test
    void aDestinationThatDoesNotKnowOfTheBalloonIsFound() {
        Rig rig = rig(100);
        rig.source.watch(vm -> {
            if (!vm.isRunning() && rig.destination.vcpu().programNanos() > 0) {
                // Behind the load of the state, before the destination runs.
                rig.destination.memory().balloon().deflate(4321);
            }
        });
        assertFound(rig, "frame 4321 is not ballooned at the destination");
    }

    @Test
    void aFrameThatTwoGuestsHaveIsFound() {
        Rig rig = rig(100);
        GuestMemory neighbour =
                new GuestMemory(10, Rig.PAGE, rig.source.memory().host(), new NestedPagingDirtyLog(10));
        rig.destination.watch(vm -> {
            if (vm.isRunning()) {
                BrokenHost.stealFrame(rig.source.memory(), 7);
                neighbour.write(3, MemoryKind.OLD.code(), false);
            }
        });
        rig.run();
        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text())
                .contains("page 7 lies in machine frame", "which the host gave to guest 2 as its page 3");
    }

    @Test
    void aFrameThatNobodyUsesAndNobodyGaveBackIsFound() {
        Rig rig = rig(100);
        rig.destination.watch(vm -> BrokenHost.leakFrame(rig.source.memory()));
        rig.run();
        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("frames of its host and 4000 in its table");
    }

    private static void assertFound(Rig rig, String problem) {
        rig.run();
        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains(problem);
    }

    /** A guest that gives its last thousand pages back before it is migrated, and writes to its first ones. */
    private Rig rig(int workingSet) {
        RestartableWriter writer = new RestartableWriter(100_000, () -> next++ % workingSet) {
            @Override
            public void boot(GuestMemory memory) {
                super.boot(memory);
                for (int gfn = PAGES - GIVEN; gfn < PAGES; gfn++) {
                    memory.balloon().inflate(gfn);
                }
            }
        };
        next = 0;
        return new Rig(PAGES, writer, agent, 50_000_000);
    }
}
