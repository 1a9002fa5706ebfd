package dev.godwit.hypervisor.migration.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.hybrid.HybridEngine;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageRuns;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each test breaks one thing that a guest which runs ahead of its memory depends on: the checker has to notice. */
class RunAheadCheckerTest {
    private static final int PAGES = 5000;
    private static final long BANDWIDTH = 50_000_000;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private int next;

    @Test
    void nothingIsWrongWithARightMigration() {
        Rig rig = rig();

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.verification.text()).contains("5000 pages arrived once each", "no write was lost");
    }

    @Test
    void aDestinationThatBelievesItHasAPageIsFound() {
        Rig rig = rig();
        PageBitmap allButOne = new PageBitmap(PAGES);
        allButOne.setAll();
        allButOne.clear(4711);
        rig.destination.watch(vm -> vm.memory().expect(allButOne));

        assertFound(rig, "frame 4711 differs");
    }

    @Test
    void aSourceThatIsWrittenAfterTheSwitchIsFound() {
        Rig rig = rig();
        rig.destination.watch(vm -> rig.source.memory().write(4900, MemoryKind.OLD.code(), false));

        assertFound(rig, "frame 4900 arrives as");
    }

    @Test
    void aPageThatArrivesTwiceIsFound() {
        Rig rig = rig();
        whenMissing(
                rig, PAGES / 2, memory -> memory.receive(1, rig.source.memory().read(1)));

        assertFound(rig, "frame 1 arrives though the destination had it");
    }

    @Test
    void aPageThatArrivesOverAWriteOfTheDestinationIsFound() {
        Rig rig = rig();
        whenMissing(rig, PAGES / 2, memory -> {
            memory.write(1, MemoryKind.OLD.code(), false);
            memory.receive(1, rig.source.memory().read(1));
        });

        assertFound(rig, "frame 1 arrives over a write of the guest");
    }

    @Test
    void aPageThatIsWrittenBeforeItArrivesIsFound() {
        Rig rig = rig();
        whenMissing(rig, PAGES / 2, memory -> {
            memory.expect(new PageBitmap(PAGES));
            memory.write(4999, MemoryKind.OLD.code(), false);
        });

        assertFound(rig, "frame 4999 is written before it has arrived");
    }

    @Test
    void anOldPageThatHybridDoesNotSendAgainIsFound() {
        Rig rig = rig();
        rig.engines = HybridEngine::new;
        rig.destination.watch(vm -> vm.memory().expect(new PageBitmap(PAGES)));

        assertFound(rig, "differs");
    }

    @Test
    void aGuestThatIsLostAndNotSaidToBeIsFound() {
        Rig rig = rig();
        whenMissing(rig, PAGES / 2, memory -> rig.destination.release());

        assertFound(rig, "the VM is said to be lost");
    }

    private static void assertFound(Rig rig, String text) {
        rig.run();
        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains(text);
    }

    /** Does something once, when so many pages are missing. */
    private static void whenMissing(Rig rig, int pages, Consumer<dev.godwit.hypervisor.memory.GuestMemory> does) {
        boolean[] done = {false};
        VirtualMachine destination = rig.destination;
        rig.clock.board((from, to) -> {
            if (destination.isRunning() && destination.memory().missingPages() < pages && !done[0]) {
                done[0] = true;
                does.accept(destination.memory());
            }
        });
    }

    /** Pages 40 to 79 are written all the time. */
    private Rig rig() {
        Rig rig = new Rig(PAGES, new RestartableWriter(100_000, () -> 40 + next++ % 40), agent, BANDWIDTH);
        rig.engines = PostCopyEngine::new;
        return rig;
    }

    @Test
    void aVersionThatWentBackIsOlder() {
        long first = PageContent.first(3, MemoryKind.OLD, false);
        long second = PageContent.rewritten(first, 3, MemoryKind.OLD.code(), false);

        assertThat(ArrivalWatch.isOlder(first, second)).isTrue();
        assertThat(ArrivalWatch.isOlder(second, first)).isFalse();
    }
}
