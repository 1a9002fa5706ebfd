package dev.godwit.hypervisor.migration.refetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.RefetchStatistics;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.transport.Fault;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class RefetchTest {
    private static final int PAGES = 40_000;
    private static final int POOL_FIRST = 10_000;
    private static final int POOL_PAGES = 20_000;
    private static final long BANDWIDTH = 125_000_000;
    private static final long WIRE_PAGE = Rig.PAGE + 8;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private int next;

    @Test
    void whatLiesOnStorageIsReadFromThereWhileTheRestIsSent() {
        Rig rig = rig(new StorageCopies(500_000_000, 1_000_000), () -> 50 + next++ % 100);

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);

        verified(rig);
        RefetchStatistics refetch = rig.statistics.refetch().orElseThrow();
        assertThat(refetch.offeredPages()).isEqualTo(POOL_PAGES);
        assertThat(refetch.pages()).isEqualTo(POOL_PAGES);
        assertThat(refetch.sentInsteadPages()).isZero();
        assertThat(refetch.listBytes()).isEqualTo(POOL_PAGES * 16L);
        assertThat(refetch.nanos())
                .isEqualTo(Math.round(1_000_000 + POOL_PAGES * (double) Rig.PAGE * 1e9 / 500_000_000));
        // Half of memory goes over the link, and a hundred pages again.
        assertThat(rig.statistics.transferredBytes())
                .isBetween((PAGES - POOL_PAGES) * WIRE_PAGE, (PAGES - POOL_PAGES + 300) * WIRE_PAGE);
        assertThat(rig.statistics.totalNanos()).isLessThan((long) (0.55 * PAGES * WIRE_PAGE * 8));
        assertThat(rig.statistics.worstLoss().worse()).isEqualTo(Loss.NOTHING);
    }

    @Test
    void aSlowStorageIsHelpedByTheLinkSoThatNeitherWaitsForTheOther() {
        Rig rig = rig(new StorageCopies(25_000_000, 1_000_000), () -> 50 + next++ % 100);

        rig.run();

        verified(rig);
        RefetchStatistics refetch = rig.statistics.refetch().orElseThrow();
        assertThat(refetch.sentInsteadPages() + refetch.pages()).isEqualTo(POOL_PAGES);
        // Both together carry 150 MB/s: five sixths of all go over the link.
        assertThat(refetch.pages()).isBetween(PAGES / 6 - 300L, PAGES / 6 + 300L);
    }

    @Test
    void aPageThatIsWrittenAfterItWasFoundInStepIsSentHoweverItCame() {
        // All over the pool, early enough for storage not to have come there, and late enough to be too late.
        Rig rig = rig(new StorageCopies(250_000_000, 1_000_000), () -> POOL_FIRST + (next += 37) % POOL_PAGES);

        rig.run();

        verified(rig);
        assertThat(rig.statistics.rounds().size()).isGreaterThan(1);
        assertThat(rig.destination.memory().read(POOL_FIRST + 37))
                .isEqualTo(rig.source.memory().read(POOL_FIRST + 37));
        assertThat(PageContent.version(rig.destination.memory().read(POOL_FIRST + 37)))
                .isPositive();
    }

    @Test
    void aPageThatWasWrittenBeforeTheMigrationIsNotOffered() {
        StorageCopies copies = new StorageCopies(500_000_000, 0);
        Rig rig = rig(copies, () -> 1);
        boolean[] written = {false};
        rig.source.watch(vm -> {
            if (!written[0]) {
                written[0] = true;
                vm.memory().write(POOL_FIRST + 5, MemoryKind.PAGE_CACHE.code(), false);
            }
        });

        rig.run();

        verified(rig);
        assertThat(rig.statistics.refetch().orElseThrow().offeredPages()).isEqualTo(POOL_PAGES - 1);
    }

    @Test
    void storageThatHoldsSomethingElseThanItWasSaidToIsFound() {
        StorageCopies other = new StorageCopies(500_000_000, 0) {
            @Override
            public long content(int gfn) {
                return gfn == POOL_FIRST + 9 ? super.content(gfn + 1) : super.content(gfn);
            }
        };
        Rig rig = rig(other, () -> 1);

        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("frame " + (POOL_FIRST + 9) + " differs");
    }

    @Test
    void whatBreaksLeavesTheGuestAtTheSource() {
        Rig rig = rig(new StorageCopies(25_000_000, 0), () -> 1);
        rig.faults(FaultPlan.of(Fault.destinationLost(300_000_000)));

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.FAILED);
        long received = rig.destination.memory().received();
        rig.clock.advance(1_000_000_000);

        verified(rig);
        assertThat(rig.statistics.fate()).isEqualTo(new VmFate.RunsAtSource());
        assertThat(rig.destination.memory().received()).isEqualTo(received);
    }

    @Test
    void withNothingOnStorageItIsPreCopyAndSaysSo() {
        Rig rig = new Rig(PAGES, new RestartableWriter(100_000, () -> 1), agent, BANDWIDTH);
        rig.engines = setting -> PreCopyEngine.withRefetch(setting, new StorageCopies(500_000_000, 0));

        rig.run();

        verified(rig);
        assertThat(rig.statistics.notices()).anyMatch(notice -> notice.contains("all pages are sent"));
    }

    private static void verified(Rig rig) {
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
    }

    private Rig rig(StorageCopies copies, IntSupplier pattern) {
        Rig rig = new Rig(PAGES, new RestartableWriter(100_000, pattern), agent, BANDWIDTH);
        rig.engines = setting -> PreCopyEngine.withRefetch(setting, copies);
        PageBitmap pool = new PageBitmap(PAGES);
        for (int i = 0; i < POOL_PAGES; i++) {
            pool.set(POOL_FIRST + i);
        }
        boolean[] laid = {false};
        rig.source.watch(vm -> {
            if (!laid[0]) {
                laid[0] = true;
                copies.lay(vm.memory(), pool);
            }
        });
        return rig;
    }
}
