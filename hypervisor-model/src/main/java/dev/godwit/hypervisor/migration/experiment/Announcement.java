package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.KernelActivity;
import dev.godwit.hypervisor.guest.SteadyWriter;
import dev.godwit.hypervisor.machine.Surroundings;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.network.AnnouncementPolicy;
import dev.godwit.hypervisor.network.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What a client sees of a migration, with and without gratuitous ARP: without it the switch leads frames to the old host
 * until the VM sends one of its own, or the entry ages.
 */
final class Announcement implements Experiment {
    private static final int PAGES = 1 << 16;
    private static final int PAGES_PER_SECOND = 5_000;
    private static final long BANDWIDTH_BYTES_PER_SECOND = 125_000_000;
    private static final long SETTLING_NANOS = 600_000_000_000L;

    @Override
    public String name() {
        return "announcement";
    }

    @Override
    public String question() {
        return "How long does a client wait for a VM that has moved, and what if nobody announces it?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        List<Row> rows = new ArrayList<>();
        for (AnnouncementPolicy policy : List.of(AnnouncementPolicy.QEMU, AnnouncementPolicy.NONE)) {
            rows.add(migrate("pre-copy", PreCopyEngine::new, policy, progress));
            rows.add(migrate("post-copy", PostCopyEngine::new, policy, progress));
        }
        return new Findings(
                List.of(
                        "guest of 256 MiB that writes 5,000 pages/s; link of 1 Gbit/s, 100 us; a client asks every 10 ms",
                        "and sends again after 200 ms, doubled each time; the guest's own kernel sends a frame every 30 s"),
                rows,
                conclusions(rows));
    }

    private static List<String> conclusions(List<Row> rows) {
        double with = rows.get(0).value("longest gap");
        double without = rows.get(2).value("longest gap");
        return List.of(
                String.format(
                        Locale.ROOT,
                        "With the announcement the client's gap is the downtime, up to its next attempt: %.1f ms in pre-copy.",
                        with),
                String.format(
                        Locale.ROOT,
                        "Without it the client speaks to the old host until the VM says something of its own, and hears of it"
                                + " at its next attempt: %.1f s.",
                        without / 1000),
                "No request is lost and none is served twice, in any of them: the connection outlives the gap.");
    }

    private static Row migrate(
            String technique,
            Function<MigrationSetting, MigrationEngine> engines,
            AnnouncementPolicy policy,
            ProgressListener progress) {
        String label = technique + (policy.rounds() > 0 ? ", announced" : ", not announced");
        Trial trial = new Trial(PAGES, new SteadyWriter(PAGES_PER_SECOND, PAGES), BANDWIDTH_BYTES_PER_SECOND);
        Surroundings around = new Surroundings(
                trial.clock, Surroundings.Setting.asQemu(Trial.LATENCY_NANOS).withAnnouncement(policy));
        KernelActivity kernel = new KernelActivity(0);
        around.install(trial.source, kernel);
        around.install(trial.destination, kernel);
        MigrationEngine engine = engines.apply(trial.setting(progress));
        progress.started(label, false);
        trial.source.boot();
        around.client().start();
        engine.run();
        around.settle(trial.destination, SETTLING_NANOS);
        Client client = around.client();
        return new Row(
                label,
                Figure.millis("downtime", engine.statistics().downtimeNanos()),
                Figure.millis("longest gap", client.longestGapNanos()),
                Figure.count("requests", client.requests()),
                Figure.count("sent again", client.retransmissions()),
                Figure.count("requests lost", client.requests() - client.answers() - client.underWay()),
                Figure.yesOrNo("connection lost", client.isConnectionLost()));
    }
}
