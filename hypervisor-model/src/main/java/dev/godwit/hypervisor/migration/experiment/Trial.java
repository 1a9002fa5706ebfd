package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.Paging;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.page.ZeroOrRawEncoder;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.VirtualLink;
import java.util.Optional;

/**
 * What experiments have in common: a guest, the two VMs that it is one after the other, and the link between their hosts.
 * Nobody gives hints.
 */
final class Trial {
    static final int PAGE_BYTES = 4096;
    static final long LATENCY_NANOS = 100_000;

    final VirtualClock clock;
    final VirtualMachine source;
    final VirtualMachine destination;
    private final long linkBytesPerSecond;

    /** In a time of its own, each VM on a host of one PCPU, with nested paging. */
    Trial(int pages, Program guest, long linkBytesPerSecond) {
        this(pages, guest, Paging.NESTED, 1, linkBytesPerSecond);
    }

    /**
     * In a time of its own.
     *
     * @param pages size of the guest
     * @param pcpus of each of the two hosts
     */
    Trial(int pages, Program guest, Paging paging, int pcpus, long linkBytesPerSecond) {
        clock = new VirtualClock();
        source = machine("source", new Host("host of source", clock, pcpus), pages, paging, guest);
        destination = machine("destination", new Host("host of destination", clock, pcpus), pages, paging, guest);
        this.linkBytesPerSecond = linkBytesPerSecond;
    }

    /** Of VMs that are there already. */
    Trial(VirtualClock clock, VirtualMachine source, VirtualMachine destination, long linkBytesPerSecond) {
        this.clock = clock;
        this.source = source;
        this.destination = destination;
        this.linkBytesPerSecond = linkBytesPerSecond;
    }

    static VirtualMachine machine(String name, Host host, int pages, Paging paging, Program guest) {
        GuestMemory memory = new GuestMemory(pages, PAGE_BYTES, new HostMemory(pages), paging.dirtyLog(pages));
        return new VirtualMachine(name, host, Share.DEFAULT, memory, guest);
    }

    /** With pages sent as they are, processors that nobody else wants, and QEMU's limits. */
    MigrationSetting setting(ProgressListener progress) {
        return setting(
                new ConvergencePolicy(
                        ConvergencePolicy.DEFAULT_DOWNTIME_LIMIT_NANOS, ConvergencePolicy.DEFAULT_MAX_ROUNDS),
                progress);
    }

    /** With pages sent as they are, and processors that nobody else wants. */
    MigrationSetting setting(ConvergencePolicy convergence, ProgressListener progress) {
        return setting(MigrationCpu.encodingOnly(clock), new ZeroOrRawEncoder(PAGE_BYTES), convergence, progress);
    }

    MigrationSetting setting(
            MigrationCpu cpu, PageEncoder encoder, ConvergencePolicy convergence, ProgressListener progress) {
        return new MigrationSetting(
                clock,
                source,
                destination,
                new VirtualLink(clock, linkBytesPerSecond, LATENCY_NANOS),
                cpu,
                encoder,
                convergence,
                Optional.empty(),
                TransferPolicy.deferYoung(),
                new CancelToken(),
                progress);
    }
}
