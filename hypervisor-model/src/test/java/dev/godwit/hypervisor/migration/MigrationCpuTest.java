package dev.godwit.hypervisor.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.guest.BusyGuest;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.VirtualLink;
import dev.godwit.hypervisor.vcpu.Delay;
import org.junit.jupiter.api.Test;

class MigrationCpuTest {
    private static final int PAGE = 4096;
    private static final int BATCH = 64;
    private static final int BATCHES = 20_000;
    private static final long GIGABIT = 125_000_000;

    private final VirtualClock clock = new VirtualClock();
    private final Host source = new Host("source", clock, 1);
    private final Host destination = new Host("destination", clock, 1);
    private final MigrationCpu cpu =
            new MigrationCpu(source.thread("migration"), destination.thread("migration"), MigrationCosts.MEASURED);

    @Test
    void whenTheLinkIsSlowerSendingTakesItsTimeAndProcessorsBesideIt() {
        VirtualLink link = new VirtualLink(clock, GIGABIT, 0);
        send(link, 0);

        assertThat(clock.nanos()).isEqualTo(link.sendingNanos(bytes()));
        assertThat(cpu.sourceNanos() / 1e9).isCloseTo(bytes() / 3.8e9 + bytes() / 3.7e9, within(0.001));
        assertThat(cpu.destinationNanos() / 1e9).isCloseTo(bytes() / 3.6e9 + bytes() / 3.8e9, within(0.001));
        assertThat(cpu.carriedBytesPerSecond(link)).isEqualTo(GIGABIT);
    }

    @Test
    void whenAProcessorIsSlowerSendingTakesItsTime() {
        VirtualLink link = new VirtualLink(clock, 400 * GIGABIT, 0);
        send(link, 0);

        assertThat(clock.nanos()).isEqualTo(Math.max(cpu.sourceNanos(), cpu.destinationNanos()));
        assertThat((double) cpu.carriedBytesPerSecond(link)).isCloseTo(bytes() / (clock.nanos() / 1e9), within(1e6));
    }

    @Test
    void encodingThatIsSlowerThanTheLinkTakesItsOwnTime() {
        VirtualLink link = new VirtualLink(clock, 8 * GIGABIT, 0);
        send(link, 1_000_000);

        assertThat(clock.nanos()).isEqualTo(cpu.sourceNanos());
        assertThat(cpu.sourceNanos()).isGreaterThan(BATCHES * 1_000_000L);
    }

    @Test
    void decodingThatIsSlowerThanTheLinkTakesItsOwnTimeAtTheDestination() {
        VirtualLink link = new VirtualLink(clock, 8 * GIGABIT, 0);
        send(link, 0, 1_000_000);

        assertThat(clock.nanos()).isEqualTo(cpu.destinationNanos());
        assertThat(cpu.destinationNanos()).isGreaterThan(BATCHES * 1_000_000L);
        assertThat(cpu.sourceNanos()).isLessThan(BATCHES * 1_000_000L);
    }

    @Test
    void aBusyGuestOnTheSamePcpuMakesAFastLinkWaitAndLosesHalfOfItsWork() {
        VirtualMachine guest = busy(source);
        VirtualLink link = new VirtualLink(clock, 400 * GIGABIT, 0);
        send(link, 0);

        assertThat(cpu.sourceNanos() / (double) clock.nanos()).isCloseTo(0.5, within(0.02));
        assertThat(guest.vcpu().workNanos() / (double) clock.nanos()).isCloseTo(0.5, within(0.02));
        assertThat(guest.spent().stolenByHypervisorNanos())
                .isEqualTo(guest.vcpu().delayNanos(Delay.HYPERVISOR));
        assertThat(guest.spent().stolenByHypervisorNanos()).isCloseTo(cpu.sourceNanos(), within(30_000_000L));
    }

    @Test
    void aBusyGuestHardlyHoldsUpASlowLink() {
        VirtualMachine guest = busy(source);
        VirtualLink link = new VirtualLink(clock, GIGABIT, 0);
        send(link, 0);

        assertThat(clock.nanos() / (double) link.sendingNanos(bytes())).isCloseTo(1, within(0.01));
        assertThat(guest.vcpu().workNanos()).isEqualTo(clock.nanos() - cpu.sourceNanos());
    }

    @Test
    void workThatNothingGoesOnBesideTakesItsTime() {
        cpu.workAtSource(3_000_000);

        assertThat(clock.nanos()).isEqualTo(3_000_000);
        assertThat(cpu.sourceNanos()).isEqualTo(3_000_000);
    }

    @Test
    void costsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new MigrationCosts(0, 1, 1, 1, 0)).hasMessageContaining("reading at 0.0 bytes/s");
        assertThatThrownBy(() -> new MigrationCosts(1, 1, 1, 1, -1)).hasMessageContaining("faults at -1.0 ns");
    }

    private void send(VirtualLink link, long encodingNanos) {
        send(link, encodingNanos, 0);
    }

    private void send(VirtualLink link, long encodingNanos, long decodingNanos) {
        for (int i = 0; i < BATCHES; i++) {
            cpu.send(link, new EncodedPages((long) BATCH * PAGE, (long) BATCH * PAGE, encodingNanos, decodingNanos));
        }
    }

    private static long bytes() {
        return (long) BATCHES * BATCH * PAGE;
    }

    private static VirtualMachine busy(Host host) {
        VirtualMachine vm = new VirtualMachine(
                "neighbour",
                host,
                Share.DEFAULT,
                new GuestMemory(1, PAGE, new HostMemory(1), new NestedPagingDirtyLog(1)),
                new BusyGuest());
        vm.boot();
        return vm;
    }
}
