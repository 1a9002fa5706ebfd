package dev.godwit.hypervisor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Overhead;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverheadTest {
    private final VirtualClock clock = new VirtualClock();
    private final VirtualMachine machine = new VirtualMachine(
            "vm", clock, new GuestMemory(1, 4096, new HostMemory(1), new NestedPagingDirtyLog(1)), new Idle());

    /** Executes and does nothing. */
    private static final class Idle implements Program {
        @Override
        public void boot(GuestMemory memory) {}

        @Override
        public void execute(GuestMemory memory, long nanos) {}
    }

    @Test
    void whatIsOwedToTheHypervisorIsPaidBeforeTheProgramGoesOn() {
        machine.boot();
        machine.vcpu().owe(Overhead.WRITE_FAULT, 2400);
        clock.advance(1000);
        assertThat(machine.vcpu().programNanos()).isZero();
        assertThat(machine.vcpu().owedNanos()).isEqualTo(1400);

        clock.advance(2000);

        assertThat(machine.vcpu().programNanos()).isEqualTo(600);
        assertThat(machine.vcpu().owedNanos()).isZero();
    }

    @Test
    void overheadIsCountedByCauseWhenItIsPaid() {
        machine.boot();
        machine.vcpu().owe(Overhead.DEVICE_REQUEST, 500);
        machine.vcpu().owe(Overhead.WRITE_FAULT, 300);
        clock.advance(400);
        assertThat(machine.vcpu().overheadByCause())
                .isEqualTo(Map.of(Overhead.WRITE_FAULT, 300L, Overhead.DEVICE_REQUEST, 100L));
        clock.advance(1000);

        assertThat(machine.vcpu().overheadByCause())
                .isEqualTo(Map.of(Overhead.WRITE_FAULT, 300L, Overhead.DEVICE_REQUEST, 500L));
        assertThat(machine.vcpu().overheadNanos()).isEqualTo(800);
        assertThat(machine.vcpu().programNanos()).isEqualTo(600);
    }

    @Test
    void aPausedVcpuPaysNothing() {
        machine.boot();
        machine.vcpu().owe(Overhead.WRITE_FAULT, 10);
        machine.pause();
        clock.advance(100);

        assertThat(machine.vcpu().owedNanos()).isEqualTo(10);
        assertThatThrownBy(() -> machine.vcpu().owe(Overhead.WRITE_FAULT, -1)).hasMessageContaining("nanos=-1");
    }
}
