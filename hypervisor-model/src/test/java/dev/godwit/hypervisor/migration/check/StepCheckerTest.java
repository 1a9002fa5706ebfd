package dev.godwit.hypervisor.migration.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.VirtualLink;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule is broken once, and noticed at that step. */
class StepCheckerTest {
    private static final int PAGES = 64;
    private static final int PAGE = 4096;

    private final VirtualClock clock = new VirtualClock();
    private final VirtualMachine source = machine("source");
    private final VirtualMachine destination = machine("destination");
    private final VirtualLink link = new VirtualLink(clock, 1_000_000_000, 0);
    private final MigrationStatistics statistics = new MigrationStatistics();
    private final List<String> problems = new ArrayList<>();

    private StepChecker follow() {
        StepChecker checker = new StepChecker(source, destination, link, statistics, problems::add);
        clock.board(checker);
        return checker;
    }

    @Test
    void nothingIsSaidOfStepsInOrder() {
        StepChecker checker = follow();
        source.boot();
        clock.advance(1000);
        link.send(PAGE);
        statistics.sentPage(MemoryKind.OLD.code(), PAGE, false, false);
        destination.memory().receive(3, PageContent.first(3, MemoryKind.OLD, false));
        clock.advance(1000);
        source.pause();
        clock.advance(1000);
        destination.vcpu().load(source.vcpu());
        source.release();
        destination.resume();
        clock.advance(1000);

        assertThat(problems).isEmpty();
        assertThat(checker.steps()).isPositive();
    }

    @Test
    void twoVmsThatRunAtATimeAreNoticed() {
        follow();
        source.resume();
        destination.resume();
        clock.advance(1);

        assertThat(problems).containsExactly("at 1 ns: both VMs run");
    }

    @Test
    void workOfAVmThatDoesNotRunIsNoticed() {
        follow();
        source.vcpu().executed(5);
        clock.advance(10);

        assertThat(problems).containsExactly("at 10 ns: source does not run and did 5 ns of work");
    }

    @Test
    void moreWorkThanTimeIsNoticed() {
        follow();
        source.resume();
        source.vcpu().executed(5);
        clock.advance(10);

        assertThat(problems).containsExactly("at 10 ns: source did 15 ns of work in 10 ns");
    }

    @Test
    void waitingForAPageThatIsThereIsNoticed() {
        destination.memory().expect(pages(7));
        follow();
        destination.resume();
        destination.memory().fault(8);
        clock.advance(1);

        assertThat(problems).containsExactly("at 1 ns: destination waits for frame 8, which it has");
    }

    @Test
    void workBeforeAMissingPageIsNoticed() {
        destination.memory().expect(pages(7));
        follow();
        destination.resume();
        destination.memory().fault(7);
        clock.advance(10);
        destination.vcpu().executed(4);
        clock.advance(10);

        assertThat(problems).containsExactly("at 20 ns: destination did 4 ns of work while it waited for frame 7");
    }

    @Test
    void pagesThatGetLostWhileTheDestinationRunsAreNoticed() {
        destination.memory().expect(pages(7));
        follow();
        destination.resume();
        clock.advance(10);
        destination.memory().expect(pages(7, 8));
        clock.advance(10);

        assertThat(problems).containsExactly("at 20 ns: destination lacks 2 pages, it lacked 1 before");
    }

    @Test
    void bytesThatTheLinkNeverCarriedAreNoticed() {
        follow();
        statistics.sentPage(MemoryKind.OLD.code(), PAGE, false, false);
        clock.advance(1);

        assertThat(problems).containsExactly("at 1 ns: 4096 bytes of pages are counted, the link carried 0");
    }

    @Test
    void aPageThatArrivesUnsentIsNoticed() {
        follow();
        destination.memory().receive(3, PageContent.first(3, MemoryKind.OLD, false));
        clock.advance(1);

        assertThat(problems).containsExactly("at 1 ns: 1 pages have arrived, 0 were sent or read from storage");
    }

    private VirtualMachine machine(String name) {
        GuestMemory memory = new GuestMemory(PAGES, PAGE, new HostMemory(PAGES), new NestedPagingDirtyLog(PAGES));
        return new VirtualMachine(name, clock, memory, new Program() {
            @Override
            public void boot(GuestMemory booted) {
                booted.receive(0, PageContent.first(0, MemoryKind.OLD, false));
            }

            @Override
            public void execute(GuestMemory executed, long nanos) {
                // Computes, and writes nothing.
            }
        });
    }

    private static PageBitmap pages(int... gfns) {
        PageBitmap pages = new PageBitmap(PAGES);
        for (int gfn : gfns) {
            pages.set(gfn);
        }
        return pages;
    }
}
