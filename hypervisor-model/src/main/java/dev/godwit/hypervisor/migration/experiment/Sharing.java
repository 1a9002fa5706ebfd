package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Placement;
import dev.godwit.hypervisor.host.Runner;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.migration.experiment.Findings.Unit;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Delay;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** VCPUs that share PCPUs: by turns, by weight, under a cap, and beside one that sleeps half of the time. */
final class Sharing implements Experiment {
    private static final long MILLI = 1_000_000;
    private static final long SECONDS = 30;
    private static final long NANOS = SECONDS * 1000 * MILLI;

    @Override
    public String name() {
        return "sharing";
    }

    @Override
    public String question() {
        return "How do VMs share the processors of a host?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        List<Row> rows = new ArrayList<>();
        progress.started(name(), false);
        run(rows, "alone", 1, busy(256, 0));
        run(rows, "three alike", 1, busy(256, 0), busy(256, 0), busy(256, 0));
        run(rows, "weights 2:1", 1, busy(512, 0), busy(256, 0));
        run(rows, "cap on an idle host", 1, busy(256, 25));
        run(rows, "cap beside another", 1, busy(256, 25), busy(256, 0));
        run(rows, "weights 2:1, and one that sleeps", 1, busy(512, 0), busy(256, 0), new Guest(256, 0, 2, 18));
        run(rows, "three alike on two PCPUs", 2, busy(256, 0), busy(256, 0), busy(256, 0));
        return new Findings(
                List.of(
                        "guests of one VCPU that is always busy, on PCPUs of 3 GHz, for " + SECONDS
                                + " s; credit scheduler,",
                        "slices of 30 ms; the one that sleeps runs 2 ms, then sleeps 18 ms"),
                rows,
                conclusions(rows));
    }

    private static List<String> conclusions(List<Row> rows) {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "Three guests on one PCPU of 3 GHz each run as on one of %.2f GHz.",
                        value(rows, "three alike: guest 1", "GHz")),
                String.format(
                        Locale.ROOT,
                        "Weights of 512 and 256 give %.1f %% and %.1f %%; a cap of 25 %% gives %.1f %% though nobody else wants the"
                                + " rest.",
                        value(rows, "weights 2:1: guest 1", "share"),
                        value(rows, "weights 2:1: guest 2", "share"),
                        value(rows, "cap on an idle host: guest 1", "share")),
                String.format(
                        Locale.ROOT,
                        "One that sleeps most of the time goes first when it wakes: it waits %.1f ms in %d s, and what it leaves is"
                                + " shared by weight.",
                        value(rows, "weights 2:1, and one that sleeps: guest 3", "waited"),
                        SECONDS));
    }

    private static double value(List<Row> rows, String label, String figure) {
        return rows.stream()
                .filter(row -> row.label().equals(label))
                .findFirst()
                .orElseThrow()
                .value(figure);
    }

    private static Guest busy(int weight, int capPercent) {
        return new Guest(weight, capPercent, 1, 0);
    }

    /** What a guest does: runs for some milliseconds, sleeps for some. */
    private record Guest(int weight, int capPercent, long runsMillis, long sleepsMillis) {}

    private static void run(List<Row> rows, String label, int pcpus, Guest... guests) {
        VirtualClock clock = new VirtualClock();
        Host host = new Host("host", clock, pcpus);
        List<Vcpu> vcpus = new ArrayList<>();
        for (Guest guest : guests) {
            Vcpu vcpu = new Vcpu("guest " + (vcpus.size() + 1), Vcpu.Owner.VM, clock.nanos());
            Placement placement = host.place(vcpu, new Habit(vcpu, guest), new Share(guest.weight, guest.capPercent));
            placement.start();
            vcpus.add(vcpu);
        }
        for (long passed = 0; passed < NANOS; passed += MILLI) {
            clock.advance(MILLI);
        }
        for (int i = 0; i < guests.length; i++) {
            rows.add(row(label, host, vcpus.get(i), guests[i]));
        }
    }

    private static Row row(String label, Host host, Vcpu vcpu, Guest guest) {
        double share = 100.0 * vcpu.workNanos() / NANOS;
        return new Row(
                label + ": " + vcpu.name(),
                Figure.count("weight", guest.weight),
                guest.capPercent == 0 ? Figure.none("cap", Unit.PERCENT) : Figure.percent("cap", guest.capPercent),
                Figure.percent("share", share),
                new Figure("GHz", host.cycles(vcpu.workNanos()) / (SECONDS * 1e9), Unit.RATIO),
                Figure.millis("waited", vcpu.delayNanos(Delay.OTHER_VMS)),
                Figure.millis("held by its cap", vcpu.delayNanos(Delay.CAP)));
    }

    /** A guest that does what it does. */
    private static final class Habit implements Runner {
        private final Vcpu vcpu;
        private final Guest guest;
        private long leftNanos;
        private long wakesAtNanos;

        Habit(Vcpu vcpu, Guest guest) {
            this.vcpu = vcpu;
            this.guest = guest;
            this.leftNanos = guest.runsMillis * MILLI;
        }

        @Override
        public boolean isReady(long nowNanos) {
            return nowNanos >= wakesAtNanos;
        }

        @Override
        public long execute(long fromNanos, long nanos) {
            if (!isReady(fromNanos)) {
                return 0;
            }
            if (guest.sleepsMillis == 0) {
                vcpu.executed(nanos);
                return nanos;
            }
            long used = Math.min(nanos, leftNanos);
            vcpu.executed(used);
            leftNanos -= used;
            if (leftNanos == 0) {
                leftNanos = guest.runsMillis * MILLI;
                wakesAtNanos = fromNanos + used + guest.sleepsMillis * MILLI;
            }
            return used;
        }
    }
}
