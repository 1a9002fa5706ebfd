package dev.godwit.hypervisor.migration.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.host.HypervisorThread;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.vcpu.Delay;
import dev.godwit.hypervisor.vcpu.Overhead;
import dev.godwit.hypervisor.vcpu.Vcpu.RunState;
import dev.godwit.trace.PageRuns;
import org.junit.jupiter.api.Test;

/** Each test falsifies one account of a processor: the checker has to notice. */
class CpuWatchTest {
    private static final int PAGES = 5000;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private int next;

    @Test
    void nothingIsWrongWithHostsThatAreShared() {
        Rig rig = rig();
        rig.shareProcessors(0);

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.source.vcpu().delayNanos(Delay.HYPERVISOR)).isZero();
        assertThat(rig.destination.vcpu().delayNanos(Delay.HYPERVISOR)).isPositive();
        assertThat(rig.destination.faults().count()).isPositive();
    }

    @Test
    void pcpusThatGiveMoreTimeThanTheyHaveAreFound() {
        Rig rig = rig();
        HypervisorThread thread = rig.destination.host().thread("never scheduled");
        rig.destination.watch(vm -> thread.vcpu().become(RunState.RUNNING, rig.clock.nanos()));

        assertFound(rig, "the 1 PCPUs of host of destination handed out");
    }

    @Test
    void workThatWasNotDoneOnAPcpuIsFound() {
        Rig rig = rig();
        rig.destination.watch(vm -> vm.vcpu().executed(1));

        assertFound(rig, "VCPU destination: running, worked or taken by the hypervisor");
    }

    @Test
    void overheadThatNoPcpuTimeWasSpentOnIsFound() {
        Rig rig = rig();
        rig.destination.watch(vm -> {
            vm.vcpu().owe(Overhead.WRITE_FAULT, 5);
            vm.vcpu().payOverhead(5);
        });

        assertFound(rig, "VCPU destination: running, worked or taken by the hypervisor");
    }

    @Test
    void aDelayThatWasNoneIsFound() {
        Rig rig = rig();
        rig.destination.watch(vm -> vm.vcpu().delayed(Delay.OTHER_VMS, 1));

        assertFound(rig, "VCPU destination: runnable, delayed by others: 0 and 1 ns");
    }

    private Rig rig() {
        Rig rig = new Rig(PAGES, new RestartableWriter(50_000, () -> next++ % 4000), agent, 50_000_000);
        rig.engines = PostCopyEngine::new;
        return rig;
    }

    private static void assertFound(Rig rig, String problem) {
        rig.run();
        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains(problem);
    }
}
