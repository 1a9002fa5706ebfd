package dev.godwit.hypervisor.migration.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.hint.HeapMap;
import dev.godwit.hypervisor.hint.Transfer;
import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import org.junit.jupiter.api.Test;

/** Each test breaks one thing that a migration must get right: the checker has to notice. */
class MigrationCheckerTest {
    private static final int PAGES = 5000;
    private static final long LOW = 100L * Rig.PAGE;

    private final GuestFrames frames =
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE);
    private final FakeAgent agent = new FakeAgent(frames);

    @Test
    void nothingIsWrongWithARightMigration() {
        agent.layout = halfEmptyEden();
        Rig rig = rig(new NestedPagingDirtyLog(PAGES));

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.droppedPages()).isEqualTo(25);
        assertThat(rig.verification.text()).contains("4975 pages are equal").contains("25 were dropped");
    }

    @Test
    void aDirtyPageThatTheLogForgetsIsFound() {
        Rig rig = rig(new NestedPagingDirtyLog(PAGES) {
            @Override
            public void written(int gfn) {
                if (gfn != 42) {
                    super.written(gfn);
                }
            }
        });
        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("frame 42 differs");
    }

    @Test
    void aDirtyBitClearedAfterThePageWasReadIsFound() {
        Rig rig = rig(new ClearsLate());
        // Too little for forty pages beside the state of devices: a second round is forced.
        rig.convergence = new ConvergencePolicy(7_000_000, 30);
        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("differs");
    }

    @Test
    void aLivePageThatIsDroppedIsFound() {
        agent.layout = halfEmptyEden();
        Rig rig = rig(new NestedPagingDirtyLog(PAGES));
        rig.policy = new TransferPolicy() {
            @Override
            public Transfer inRound(HeapMap map, int gfn) {
                return TransferPolicy.deferYoung().inRound(map, gfn);
            }

            @Override
            public Transfer atPause(HeapMap map, int gfn) {
                return inRound(map, gfn) == Transfer.DEFER ? Transfer.DROP : Transfer.SEND;
            }
        };
        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("dropped frame").contains("was not proven empty");
    }

    @Test
    void aPageDroppedByALayoutOfAnOlderEpochIsFound() {
        agent.layout = halfEmptyEden();
        Rig rig = rig(new NestedPagingDirtyLog(PAGES));
        FakeAgent liar = new FakeAgent(frames);
        liar.layout = halfEmptyEden();
        rig.engineAgent = liar;
        agent.epoch = 1;
        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("was not proven empty");
    }

    @Test
    void twoVmsThatRunAtATimeAreFound() {
        Rig rig = rig(new NestedPagingDirtyLog(PAGES));
        rig.destination.watch(vm -> {
            if (vm.isRunning() && !rig.source.isRunning()) {
                rig.source.resume();
            }
        });
        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("both VMs run");
    }

    @Test
    void aGuestThatRunsNowhereAfterwardsIsFound() {
        Rig rig = rig(new NestedPagingDirtyLog(PAGES));
        rig.destination.watch(vm -> {
            if (vm.isRunning()) {
                vm.pause();
            }
        });
        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("the VM is said to be lost");
    }

    @Test
    void aPageThatTheEngineDidNotCountIsFound() {
        Rig rig = rig(new NestedPagingDirtyLog(PAGES));
        rig.source.watch(vm -> {
            if (!vm.isRunning()) {
                rig.destination.memory().receive(7, PageContent.first(7, MemoryKind.OLD, false));
            }
        });
        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("pages sent and read from storage, pages taken in");
    }

    private Rig rig(DirtyLog log) {
        Rig rig = new Rig(PAGES, new Writer(), agent, 50_000_000, log);
        rig.hints = true;
        return rig;
    }

    /** Eden over all fifty pages, its upper half never used. */
    private static HeapLayout halfEmptyEden() {
        return new HeapLayout(
                0,
                0,
                new SpaceKind[] {SpaceKind.EDEN},
                new long[] {LOW},
                new long[] {LOW + 25L * Rig.PAGE},
                new long[] {LOW + 50L * Rig.PAGE});
    }

    /** Writes pages 40 to 79 all the time. */
    private static final class Writer implements Program {
        private int next;

        @Override
        public void boot(GuestMemory memory) {
            for (int gfn = 0; gfn < memory.pages(); gfn++) {
                memory.receive(gfn, PageContent.first(gfn, MemoryKind.OLD, false));
            }
        }

        @Override
        public void execute(GuestMemory memory, long nanos) {
            for (int i = 0; i < 10; i++) {
                memory.write(40 + next++ % 40, MemoryKind.OLD.code(), false);
            }
        }
    }

    /** Clears the dirty bits of a scan only when the next one comes, after the pages were read. */
    private static final class ClearsLate extends NestedPagingDirtyLog {
        private PageBitmap reported = new PageBitmap(PAGES);

        ClearsLate() {
            super(PAGES);
        }

        @Override
        public int getAndClear(PageBitmap into) {
            PageBitmap now = new PageBitmap(PAGES);
            super.getAndClear(now);
            int pages = 0;
            for (int gfn = now.next(0); gfn >= 0; gfn = now.next(gfn + 1)) {
                if (!reported.get(gfn)) {
                    into.set(gfn);
                    pages++;
                }
            }
            reported = now;
            return pages;
        }
    }
}
