package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.Paging;
import dev.godwit.hypervisor.migration.AwayStatistics;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.migration.partial.PartialMigrationEngine;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A day of an office machine that is at home while somebody uses it and on a consolidation host while nobody does, so that
 * its own host can sleep: moved by partial migration, and by full migration both ways.
 */
final class OfficeDay implements Experiment {
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final long BANDWIDTH_BYTES_PER_SECOND = 125_000_000;
    /** How often the consolidation host looks whether the idle guest waits for a page: traffic and memory do not depend on it. */
    private static final long LOOK_NANOS = 10_000_000;

    private static final long STEP_NANOS = 1_000_000_000;

    /** From midnight on. */
    private enum Part {
        NIGHT("night, away", 8, true),
        MORNING("morning, used", 4, false),
        LUNCH("lunch, away", 1, true),
        AFTERNOON("afternoon, used", 5, false),
        EVENING("evening, away", 6, true);

        private final String label;
        private final int hours;
        private final boolean away;

        Part(String label, int hours, boolean away) {
            this.label = label;
            this.hours = hours;
            this.away = away;
        }

        private long nanos() {
            return hours * HOUR_NANOS;
        }
    }

    /** What a stay took. */
    private record Stay(long outBytes, long homeBytes, long memoryBytes, long homeNanos, long longestDowntimeNanos) {
        private Row row(String label) {
            return new Row(
                    label,
                    Figure.mebibytes("network out", (double) outBytes),
                    Figure.mebibytes("network home", (double) homeBytes),
                    Figure.mebibytes("memory away", (double) memoryBytes),
                    Figure.seconds("time to come home", homeNanos),
                    Figure.millis("longest downtime", longestDowntimeNanos));
        }

        private Stay plus(Stay other) {
            return new Stay(
                    outBytes + other.outBytes,
                    homeBytes + other.homeBytes,
                    Math.max(memoryBytes, other.memoryBytes),
                    Math.max(homeNanos, other.homeNanos),
                    Math.max(longestDowntimeNanos, other.longestDowntimeNanos));
        }
    }

    @Override
    public String name() {
        return "office-day";
    }

    @Override
    public String question() {
        return "What does it take to let an idle office machine's host sleep?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        List<Row> rows = new ArrayList<>();
        Stay partial = day("partial", new Day(seed, progress), true, rows);
        Stay full = day("full", new Day(seed, progress), false, rows);
        long partialBytes = partial.outBytes + partial.homeBytes;
        long fullBytes = full.outBytes + full.homeBytes;
        return new Findings(
                List.of(
                        "office machine of 4 GiB, a synthetic guest: idle it touches 20 pages a second, used 400;",
                        "link of 1 Gbit/s, 100 us; away from midnight to 8, from 12 to 13, and from 18 to midnight"),
                rows,
                List.of(
                        String.format(
                                Locale.ROOT,
                                "Over the day partial migration carries %.1f %% of what full migration carries, and takes at most"
                                        + " %.1f %% of its memory on the consolidation host.",
                                100.0 * partialBytes / fullBytes,
                                100.0 * partial.memoryBytes / full.memoryBytes),
                        "In exchange the sleeping host's memory must stay reachable, and the loss of either host while it is away"
                                + " loses the machine."));
    }

    private static Stay day(String technique, Day day, boolean partial, List<Row> rows) {
        Stay sum = new Stay(0, 0, 0, 0, 0);
        for (Part part : Part.values()) {
            day.guest.use(!part.away);
            if (part.away) {
                Stay stay = partial ? day.partialStay(part) : day.fullStay(part);
                rows.add(stay.row(technique + ", " + part.label));
                sum = sum.plus(stay);
            } else {
                day.pass(part.nanos());
            }
        }
        rows.add(sum.row(technique + ", the day"));
        return sum;
    }

    /** One machine, from midnight to midnight. */
    private static final class Day {
        private final VirtualClock clock = new VirtualClock();
        private final OfficeGuest guest;
        private final ProgressListener progress;
        private VirtualMachine home;

        Day(long seed, ProgressListener progress) {
            this.guest = new OfficeGuest(new RandomStreams(seed));
            this.progress = progress;
            this.home = machine("home");
            home.boot();
        }

        private VirtualMachine machine(String name) {
            Host host = new Host("host of " + name, clock, 1);
            return Trial.machine(name, host, OfficeGuest.PAGES, Paging.NESTED, guest);
        }

        void pass(long nanos) {
            for (long left = nanos; left > 0; left -= STEP_NANOS) {
                clock.advance(Math.min(left, STEP_NANOS));
            }
        }

        Stay partialStay(Part part) {
            progress.started("partial, " + part.label, false);
            MigrationStatistics statistics = complete(
                    new PartialMigrationEngine(setting(home, machine("consolidation host")), part.nanos(), LOOK_NANOS));
            AwayStatistics away = statistics.away().orElseThrow();
            WayHomeStatistics.Journey journey =
                    statistics.wayHome().orElseThrow().journey().orElseThrow();
            return new Stay(
                    MigrationEngine.STATE_BYTES + statistics.transferredBytes(),
                    journey.bytes(),
                    away.memoryPages() * OfficeGuest.PAGE_BYTES,
                    journey.nanos(),
                    Math.max(journey.downtimeNanos(), statistics.downtimeNanos() - journey.downtimeNanos()));
        }

        Stay fullStay(Part part) {
            progress.started("full, " + part.label, false);
            VirtualMachine there = machine("consolidation host");
            MigrationStatistics out = complete(new PreCopyEngine(setting(home, there)));
            pass(part.nanos());
            VirtualMachine back = machine("home");
            MigrationStatistics in = complete(new PreCopyEngine(setting(there, back)));
            home = back;
            return new Stay(
                    MigrationEngine.STATE_BYTES + out.transferredBytes(),
                    MigrationEngine.STATE_BYTES + in.transferredBytes(),
                    (long) there.memory().populatedPages() * OfficeGuest.PAGE_BYTES,
                    in.totalNanos(),
                    Math.max(out.downtimeNanos(), in.downtimeNanos()));
        }

        private static MigrationStatistics complete(MigrationEngine engine) {
            Migration migration = engine.run();
            if (migration.status() != MigrationStatus.COMPLETED) {
                throw new IllegalStateException("the office machine did not move: " + migration.reason());
            }
            return engine.statistics();
        }

        private MigrationSetting setting(VirtualMachine from, VirtualMachine to) {
            return new Trial(clock, from, to, BANDWIDTH_BYTES_PER_SECOND).setting(progress);
        }
    }
}
