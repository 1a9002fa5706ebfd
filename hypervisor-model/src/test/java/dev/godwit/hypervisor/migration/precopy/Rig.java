package dev.godwit.hypervisor.migration.precopy;

import dev.godwit.hypervisor.guest.BusyGuest;
import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.KernelActivity;
import dev.godwit.hypervisor.guest.SteadyWriter;
import dev.godwit.hypervisor.hint.HintRules;
import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.machine.Surroundings;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.HostLoss;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationCosts;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationResult.Verification;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.check.DeviceWatch;
import dev.godwit.hypervisor.migration.check.MigrationChecker;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.page.ZeroOrRawEncoder;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.hypervisor.transport.Link;
import dev.godwit.hypervisor.transport.VirtualLink;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Two hosts, a link, a guest and a migration, any part of which a test may replace before {@link #run}. */
public final class Rig {
    public static final int PAGE = 4096;

    public final VirtualClock clock = new VirtualClock();
    public final CancelToken cancel = new CancelToken();
    public final GuestAgent agent;
    public final VirtualMachine source;
    public final VirtualMachine destination;
    public Link link;
    /** Processors of the hosts; if not set, they take part in encoding only, and nobody else wants them. */
    public MigrationCpu cpu;

    public boolean hints;
    /** The agent that the engine speaks with, if not the one that the checker asks. */
    public GuestAgent engineAgent;

    public TransferPolicy policy = TransferPolicy.deferYoung();
    public HintRules rules = HintRules.DEFAULT;
    public ConvergencePolicy convergence = new ConvergencePolicy(300_000_000, 30);
    public ProgressListener progress = ProgressListener.NONE;
    public PageEncoder encoder = new ZeroOrRawEncoder(PAGE);
    public boolean autoConverge;
    public Function<MigrationSetting, MigrationEngine> engines = PreCopyEngine::new;
    public MigrationStatistics statistics;
    private Surroundings surroundings;
    public Verification verification;

    public Rig(int pages, Program program, GuestAgent agent, long bandwidthBytesPerSecond) {
        this(pages, program, agent, bandwidthBytesPerSecond, new NestedPagingDirtyLog(pages));
    }

    public Rig(int pages, Program program, GuestAgent agent, long bandwidthBytesPerSecond, DirtyLog sourceLog) {
        this.agent = agent;
        source = machine("source", pages, program, sourceLog);
        destination = machine("destination", pages, program, new NestedPagingDirtyLog(pages));
        link = new VirtualLink(clock, bandwidthBytesPerSecond, 100_000);
    }

    /** Writes so many bytes each second, page after page, round and round in a working set. */
    static SteadyWriter writer(double bytesPerSecond, int workingSetPages) {
        return new SteadyWriter(bytesPerSecond / PAGE, workingSetPages);
    }

    private VirtualMachine machine(String name, int pages, Program program, DirtyLog log) {
        return new VirtualMachine(name, clock, new GuestMemory(pages, PAGE, new HostMemory(pages), log), program);
    }

    /** Gives the VM a disk that is written to, a NIC, and a client; to be called once. */
    public Surroundings furnish(Surroundings.Setting setting, double diskWritesPerSecond) {
        surroundings = new Surroundings(clock, setting);
        KernelActivity kernel = new KernelActivity(diskWritesPerSecond);
        surroundings.install(source, kernel);
        surroundings.install(destination, kernel);
        return surroundings;
    }

    /** Has things break as planned; to be called once, and before a test puts a link of its own around {@link #link}. */
    public void faults(FaultPlan plan) {
        link = HostLoss.link(clock, link.bandwidthBytesPerSecond(), link.latencyNanos(), plan, source, destination);
    }

    /** From now on the migration shares the one PCPU of each host with the VM there, and with others that are busy. */
    public void shareProcessors(int neighbours) {
        for (int i = 0; i < neighbours; i++) {
            neighbour(source.host());
            neighbour(destination.host());
        }
        cpu = new MigrationCpu(
                source.host().thread("migration"), destination.host().thread("migration"), MigrationCosts.MEASURED);
    }

    private static void neighbour(Host host) {
        GuestMemory memory = new GuestMemory(1, PAGE, new HostMemory(1), new NestedPagingDirtyLog(1));
        new VirtualMachine("neighbour", host, Share.DEFAULT, memory, new BusyGuest()).boot();
    }

    public Migration run() {
        MigrationSetting setting = new MigrationSetting(
                clock,
                source,
                destination,
                link,
                cpu == null ? MigrationCpu.encodingOnly(clock) : cpu,
                encoder,
                convergence,
                hints ? Optional.of(engineAgent == null ? agent : engineAgent) : Optional.empty(),
                policy,
                cancel,
                progress,
                rules);
        MigrationEngine engine = autoConverge ? PreCopyEngine.withAutoConverge(setting) : engines.apply(setting);
        MigrationChecker checker = new MigrationChecker(clock, source, destination, agent, link, engine.dropped());
        checker.follow(clock, engine.statistics());
        if (surroundings != null) {
            DeviceWatch requests = checker.watchDevices();
            surroundings.watch(requests, requests);
        }
        source.boot();
        if (surroundings != null) {
            surroundings.client().start();
        }
        Migration migration = engine.run();
        statistics = engine.statistics();
        if (surroundings != null) {
            checker.ended();
            Stream.of(source, destination)
                    .filter(VirtualMachine::isRunning)
                    .forEach(vm -> surroundings.settle(vm, 10_000_000_000L));
        }
        verification = checker.verify(migration.status(), statistics, MigrationEngine.STATE_BYTES);
        return migration;
    }
}
