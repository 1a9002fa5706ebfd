package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.BusyGuest;
import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.KernelActivity;
import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.ReplayedGuest;
import dev.godwit.hypervisor.guest.StoredPages;
import dev.godwit.hypervisor.hint.HintRules;
import dev.godwit.hypervisor.hint.StartPolicy;
import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.machine.Surroundings;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.CpuMeter;
import dev.godwit.hypervisor.migration.DeviceStatistics;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationCosts;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.StartGate;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.capture.CaptureDirectory;
import dev.godwit.hypervisor.migration.capture.MigrationCapture;
import dev.godwit.hypervisor.migration.check.DeviceWatch;
import dev.godwit.hypervisor.migration.check.MigrationChecker;
import dev.godwit.hypervisor.migration.partial.PartialMigrationEngine;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import dev.godwit.hypervisor.transport.VirtualLink;
import dev.godwit.hypervisor.vcpu.Vcpu;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Two hosts, the link between them, and the VM of a recorded run on the first: made for one migration. */
final class Testbed {
    /** The longest that a client waits before it asks again. */
    private static final long SETTLING_NANOS = 120_000_000_000L;

    private final RecordedRun run;
    private final ComparisonOptions options;
    private final VirtualClock clock = new VirtualClock();
    private final ReplayedGuest guest;
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final MigrationCpu cpu;
    private final List<VirtualMachine> neighbours = new ArrayList<>();
    private final Link link;
    private final Surroundings surroundings;

    Testbed(RecordedRun run, ComparisonOptions options) {
        this.run = run;
        this.options = options;
        guest = new ReplayedGuest(
                run,
                options.memoryBytes(),
                options.startAtNanos().orElse(ReplayedGuest.defaultStart(run)),
                new RandomStreams(options.seed()),
                clock);
        source = machine("source");
        destination = machine("destination");
        cpu = new MigrationCpu(
                source.host().thread("migration"), destination.host().thread("migration"), MigrationCosts.MEASURED);
        addNeighbours(source.host());
        addNeighbours(destination.host());
        link = new VirtualLink(clock, options.bandwidthBytesPerSecond(), options.latencyNanos());
        surroundings = new Surroundings(
                clock,
                Surroundings.Setting.asQemu(options.latencyNanos())
                        .withInFlight(options.virtualization().inFlight()));
        KernelActivity kernel = KernelActivity.of(run);
        surroundings.install(source, kernel);
        surroundings.install(destination, kernel);
    }

    private VirtualMachine machine(String name) {
        int pages = guest.frames().pages();
        GuestMemory memory = new GuestMemory(
                pages,
                guest.frames().pageSizeBytes(),
                new HostMemory(pages),
                options.virtualization().paging().dirtyLog(pages));
        Host host = new Host(name, clock, options.virtualization().hosts().pcpus());
        return new VirtualMachine(name, host, Share.DEFAULT, memory, guest);
    }

    private void addNeighbours(Host host) {
        for (int i = 1; i <= options.virtualization().hosts().neighbours(); i++) {
            // They compute and write nothing: one page will do.
            GuestMemory memory =
                    new GuestMemory(1, guest.frames().pageSizeBytes(), new HostMemory(1), new NestedPagingDirtyLog(1));
            neighbours.add(
                    new VirtualMachine(host.name() + "-neighbour-" + i, host, Share.DEFAULT, memory, new BusyGuest()));
        }
    }

    /** Boots the guest and migrates it, watched by a checker. */
    MigrationResult migrate(
            Technique technique, ProgressListener progress, CancelToken cancel, Optional<CaptureDirectory> streams) {
        PageEncoder encoder = technique.encoder(run, options);
        Optional<MigrationCapture> capture =
                streams.map(into -> into.begin(technique.label(), encoder, source, destination));
        StorageCopies copies = options.techniques().storage();
        MigrationEngine engine = technique.engine(
                new MigrationSetting(
                        clock,
                        source,
                        destination,
                        link,
                        cpu,
                        capture.<PageEncoder>map(each -> each).orElse(encoder),
                        new ConvergencePolicy(options.downtimeLimitNanos(), options.maxRounds()),
                        technique.hints() ? Optional.<GuestAgent>of(guest) : Optional.empty(),
                        TransferPolicy.deferYoung(),
                        cancel,
                        capture.<ProgressListener>map(each -> each.following(progress))
                                .orElse(progress),
                        new HintRules(options.collection(), options.start().pause())),
                options.techniques(),
                copies);
        MigrationChecker checker = new MigrationChecker(clock, source, destination, guest, link, engine.dropped());
        checker.follow(clock, engine.statistics());
        DeviceWatch requests = checker.watchDevices();
        surroundings.watch(requests, requests);
        capture.ifPresent(each -> each.drops(engine.dropped()));
        source.boot();
        source.watch(vm -> {
            if (vm.vcpu().state() == Vcpu.RunState.PAUSED) {
                guest.moment().ifPresent(engine.statistics().moments()::stoppedAt);
            }
        });
        if (technique.name().equals(PartialMigrationEngine.TECHNIQUE)) {
            engine.statistics()
                    .notice(
                            "a trace does not name the pages that were only read: what was fetched is what was written, and"
                                    + " the least there can be");
        }
        if (technique.readsStorage()) {
            copies.lay(source.memory(), stored(engine.statistics()));
        }
        neighbours.forEach(VirtualMachine::boot);
        inflateBalloon(engine.statistics());
        surroundings.client().start();
        awaitStart(technique, cancel, engine.statistics());
        CpuMeter meter = new CpuMeter(clock, cpu, source, destination, neighbours);
        Migration migration = engine.run();
        engine.statistics().setCpu(meter.read());
        capture.ifPresent(each -> each.finish(migration.status(), migration.reason()));
        checker.ended();
        settle(engine.statistics());
        return new MigrationResult(
                technique.name(),
                technique.hints(),
                migration.status(),
                migration.reason(),
                source.memory().totalBytes(),
                source.memory().pageSizeBytes(),
                options.bandwidthBytesPerSecond(),
                engine.statistics(),
                migration.transitions(),
                checker.verify(migration.status(), engine.statistics(), MigrationEngine.STATE_BYTES));
    }

    /** A hypervisor that is told nothing has nothing to wait for. */
    private void awaitStart(Technique technique, CancelToken cancel, MigrationStatistics statistics) {
        if (technique.hints() && options.start().byPolicy()) {
            statistics
                    .moments()
                    .started(StartGate.await(
                            new StartPolicy(options.start().maxWaitNanos()),
                            guest::moment,
                            clock,
                            technique.pausesAtOnce(),
                            options.bandwidthBytesPerSecond(),
                            cancel));
        }
    }

    private PageBitmap stored(MigrationStatistics statistics) {
        List<StoredPages.Range> bufferPool = options.techniques().bufferPool();
        for (StoredPages.Range range : bufferPool) {
            if (StoredPages.pagesIn(run, range) == 0) {
                statistics.notice(String.format(
                        "the trace names no page of the buffer pool 0x%x-0x%x", range.start(), range.end()));
            }
        }
        return StoredPages.of(
                run, guest.frames(), options.startAtNanos().orElse(ReplayedGuest.defaultStart(run)), bufferPool);
    }

    /** The guest runs on until its client has seen all of what the migration was like. */
    private void settle(MigrationStatistics statistics) {
        Stream.of(source, destination).filter(VirtualMachine::isRunning).forEach(vm -> {
            surroundings.settle(vm, SETTLING_NANOS);
            statistics.setDevices(DeviceStatistics.of(vm.devices().orElseThrow(), surroundings.client()));
        });
    }

    private void inflateBalloon(MigrationStatistics statistics) {
        GuestMemory memory = source.memory();
        long asked = options.virtualization().balloonBytes() / memory.pageSizeBytes();
        int given = memory.balloon().inflateUnused((int) Math.min(asked, memory.pages()), MemoryKind.GUEST_FREE.code());
        if (given < asked) {
            statistics.notice("the balloon holds " + given + " pages, " + asked
                    + " were asked for: the guest has no more that are free");
        }
    }
}
