package dev.godwit.hypervisor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.BusyGuest;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Vcpu.RunState;
import org.junit.jupiter.api.Test;

class SharedPcpuTest {
    private static final long MILLI = 1_000_000;

    private final VirtualClock clock = new VirtualClock();
    private final Host host = new Host("host", clock, 1);
    private final VirtualMachine one = machine("one");
    private final VirtualMachine other = machine("other");

    @Test
    void aVmThatWaitsForAPageGivesItsPcpuAway() {
        boot();
        clock.advance(60 * MILLI);
        long before = one.vcpu().workNanos();
        one.memory().fault(0);
        clock.advance(300 * MILLI);

        assertThat(one.vcpu().workNanos()).isEqualTo(before);
        assertThat(one.vcpu().state()).isEqualTo(RunState.BLOCKED);
        assertThat(one.isRunning()).isTrue();
        assertThat(other.vcpu().workNanos()).isEqualTo(360 * MILLI - before);
        assertThat(one.faults().blockedNanos() + one.vcpu().nanosIn(RunState.RUNNABLE, clock.nanos()))
                .isEqualTo(360 * MILLI - before);
    }

    @Test
    void whenThePageIsThereItGoesFirst() {
        boot();
        one.memory().fault(0);
        clock.advance(100 * MILLI);
        one.memory().receive(0, one.memory().read(0));
        long before = one.vcpu().workNanos();
        clock.advance(5 * MILLI);

        assertThat(one.vcpu().workNanos()).isEqualTo(before + 5 * MILLI);
        assertThat(one.faults().longestNanos()).isBetween(70 * MILLI, 100 * MILLI);
    }

    @Test
    void aThrottledVmSleepsAndTheOtherHasThePcpu() {
        boot();
        one.throttle(80);
        for (int i = 0; i < 3000; i++) {
            clock.advance(MILLI);
        }

        assertThat(one.throttledNanos()).isEqualTo(one.vcpu().nanosIn(RunState.BLOCKED, clock.nanos()));
        assertThat(one.vcpu().workNanos()).isBetween(500 * MILLI, 700 * MILLI);
        assertThat(one.vcpu().workNanos() + other.vcpu().workNanos()).isEqualTo(3000 * MILLI);
    }

    @Test
    void whereTheTimeOfAVmWentAddsUp() {
        boot();
        TimeSpent before = one.spent();
        for (int i = 0; i < 400; i++) {
            clock.advance(MILLI);
        }
        TimeSpent spent = one.spent().since(before);

        assertThat(spent.runningNanos()).isEqualTo(400 * MILLI);
        assertThat(spent.workNanos() + spent.stolenByVmsNanos()).isEqualTo(400 * MILLI);
        assertThat(spent.and(spent).workNanos()).isEqualTo(2 * spent.workNanos());
    }

    private void boot() {
        one.boot();
        other.boot();
    }

    private VirtualMachine machine(String name) {
        GuestMemory memory = new GuestMemory(1, 4096, new HostMemory(1), new NestedPagingDirtyLog(1));
        return new VirtualMachine(name, host, Share.DEFAULT, memory, new BusyGuest());
    }
}
