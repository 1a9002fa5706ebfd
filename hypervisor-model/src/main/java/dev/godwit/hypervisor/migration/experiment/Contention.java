package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.BusyGuest;
import dev.godwit.hypervisor.guest.SteadyWriter;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.Paging;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.CpuMeter;
import dev.godwit.hypervisor.migration.CpuStatistics;
import dev.godwit.hypervisor.migration.MigrationCosts;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.page.EncoderThroughput;
import dev.godwit.hypervisor.page.ZeroOrRawEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A migration is work for the processors of both hosts: beside a free PCPU nobody notices, on a shared one it takes from the
 * VMs, and they from it (Koto et al., APSys 2012).
 */
final class Contention implements Experiment {
    private static final int PAGES = 1 << 18;
    private static final int WRITTEN_PAGES_PER_SECOND = 5_000;
    private static final long GIGABIT_BYTES_PER_SECOND = 125_000_000;
    private static final int[] GIGABITS = {1, 10};

    /**
     * Two hosts that are alike.
     *
     * @param neighbours busy VMs on each, besides the guest where it is
     */
    private record Hosts(String label, int pcpus, int neighbours) {}

    private static final List<Hosts> HOSTS = List.of(
            new Hosts("a PCPU free", 2, 0),
            new Hosts("1 PCPU, guest", 1, 0),
            new Hosts("1 PCPU, guest and 1 VM", 1, 1),
            new Hosts("1 PCPU, guest and 3 VMs", 1, 3));

    @Override
    public String name() {
        return "contention";
    }

    @Override
    public String question() {
        return "What does a migration take from the VMs on its hosts, and they from it?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        List<Row> rows = new ArrayList<>();
        for (int gigabits : GIGABITS) {
            for (Hosts hosts : HOSTS) {
                rows.add(migrate(hosts, gigabits, progress));
            }
        }
        return new Findings(
                List.of(
                        "guest of 1 GiB that is always busy and writes 5,000 pages/s, moved by pre-copy; links of 1 and 10 Gbit/s,",
                        "100 us; the other VMs, on either host, are always busy; all have the same weight, and so has the migration"),
                rows,
                conclusions(rows));
    }

    private static List<String> conclusions(List<Row> rows) {
        int half = HOSTS.size();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "At 1 Gbit/s the migration needs %.0f %% of a processor and gets it: beside three busy VMs it takes %.2f"
                                + " times as long, for a guest that waits for its PCPU writes less.",
                        100 * rows.get(0).value("source CPU") / rows.get(0).value("total time"),
                        slower(rows.get(half - 1), rows.get(0))),
                String.format(
                        Locale.ROOT,
                        "At 10 Gbit/s it needs %.0f %%, more than its share of a PCPU that others want: beside three busy VMs it takes"
                                + " %.1f times as long.",
                        100
                                * rows.get(half).value("source CPU")
                                / rows.get(half).value("total time"),
                        slower(rows.get(2 * half - 1), rows.get(half))),
                "What it uses of a shared PCPU the VMs lose; a free one costs them nothing but the pause.");
    }

    private static double slower(Row one, Row than) {
        return one.value("total time") / than.value("total time");
    }

    private static Row migrate(Hosts hosts, int gigabits, ProgressListener progress) {
        String label = gigabits + " Gbit/s, " + hosts.label;
        Trial trial = new Trial(
                PAGES,
                new SteadyWriter(WRITTEN_PAGES_PER_SECOND, PAGES),
                Paging.NESTED,
                hosts.pcpus,
                gigabits * GIGABIT_BYTES_PER_SECOND);
        Host from = trial.source.host();
        Host to = trial.destination.host();
        List<VirtualMachine> neighbours = new ArrayList<>();
        for (int i = 0; i < hosts.neighbours; i++) {
            neighbours.add(Trial.machine("neighbour", from, 1, Paging.NESTED, new BusyGuest()));
            neighbours.add(Trial.machine("neighbour", to, 1, Paging.NESTED, new BusyGuest()));
        }
        MigrationCpu cpu = new MigrationCpu(from.thread("migration"), to.thread("migration"), MigrationCosts.MEASURED);
        PreCopyEngine engine = new PreCopyEngine(trial.setting(
                cpu,
                new ZeroOrRawEncoder(Trial.PAGE_BYTES, EncoderThroughput.MEASURED),
                new ConvergencePolicy(
                        ConvergencePolicy.DEFAULT_DOWNTIME_LIMIT_NANOS, ConvergencePolicy.DEFAULT_MAX_ROUNDS),
                progress));
        progress.started(label, false);
        trial.source.boot();
        neighbours.forEach(VirtualMachine::boot);
        CpuMeter meter = new CpuMeter(trial.clock, cpu, trial.source, trial.destination, neighbours);
        engine.run();
        return row(label, engine.statistics(), meter.read());
    }

    private static Row row(String label, MigrationStatistics statistics, CpuStatistics cpu) {
        return new Row(
                label,
                Figure.seconds("total time", statistics.totalNanos()),
                Figure.millis("downtime", statistics.downtimeNanos()),
                Figure.seconds("source CPU", cpu.sourceNanos()),
                Figure.seconds("destination CPU", cpu.destinationNanos()),
                Figure.millis("guest lost", cpu.guest().lostNanos()),
                Figure.millis("of it to the migration", cpu.guest().spent().stolenByHypervisorNanos()),
                Figure.millis(
                        "other VMs lost to the migration",
                        cpu.neighbours().stream()
                                .mapToLong(vm -> vm.spent().stolenByHypervisorNanos())
                                .sum()));
    }
}
