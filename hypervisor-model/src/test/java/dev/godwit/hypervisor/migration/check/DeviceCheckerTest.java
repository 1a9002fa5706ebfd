package dev.godwit.hypervisor.migration.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.device.DiskRequest;
import dev.godwit.hypervisor.device.InFlightPolicy;
import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.machine.Surroundings;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.hybrid.HybridEngine;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.network.Server;
import dev.godwit.trace.PageRuns;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Disk and client of a VM that is migrated, right and broken: the checker has to notice each breach. */
class DeviceCheckerTest {
    private static final int PAGES = 5000;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private final DeviceWatch watch = new DeviceWatch();
    private int next;

    @Test
    void everyRequestIsDoneOnceByEveryEngineAndEitherPolicy() {
        for (InFlightPolicy policy : InFlightPolicy.values()) {
            for (int engine = 0; engine < 3; engine++) {
                Rig rig = rig();
                int chosen = engine;
                rig.engines = setting -> switch (chosen) {
                    case 0 -> new PreCopyEngine(setting);
                    case 1 -> new PostCopyEngine(setting);
                    default -> new HybridEngine(setting);
                };
                Surroundings around =
                        rig.furnish(Surroundings.Setting.asQemu(100_000).withInFlight(policy), 20_000);

                assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
                assertThat(rig.verification.passed())
                        .as(rig.verification.text())
                        .isTrue();
                assertThat(rig.verification.text()).contains("disk requests were completed", "once each");
                assertThat(around.client().answers()).isGreaterThan(30);
                var disk = rig.destination.devices().orElseThrow().disk();
                assertThat(disk.requests()).isGreaterThan(500);
                assertThat(disk.inFlightAtPause()).isPositive();
                assertThat(disk.carriedOver()).isEqualTo(policy == InFlightPolicy.DRAIN ? 0 : disk.inFlightAtPause());
            }
        }
    }

    @Test
    void aVmWhoseMigrationIsCancelledInThePauseGoesOnWithItsRequests() {
        Rig rig = rig();
        rig.furnish(Surroundings.Setting.asQemu(100_000).withInFlight(InFlightPolicy.CARRY_OVER), 20_000);
        rig.source.watch(vm -> {
            if (!vm.isRunning()) {
                rig.cancel.cancel();
            }
        });
        assertThat(rig.run().status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        var disk = rig.source.devices().orElseThrow().disk();
        assertThat(disk.requests()).isGreaterThan(500);
        assertThat(disk.completed()).isGreaterThan(disk.requests() - 256);
    }

    @Test
    void aDestinationThatForgetsWhatWasCarriedOverIsFound() {
        Rig rig = rig();
        rig.furnish(Surroundings.Setting.asQemu(100_000).withInFlight(InFlightPolicy.CARRY_OVER), 20_000);
        rig.destination.watch(vm -> {
            if (vm.isRunning()) {
                vm.devices().orElseThrow().release();
                vm.devices().orElseThrow().resume();
            }
        });
        rig.run();
        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text())
                .contains("disk request", "before the end of the migration and never completed");
    }

    @Test
    void aDestinationThatForgetsTheConnectionIsFound() {
        Rig rig = rig();
        rig.furnish(Surroundings.Setting.asQemu(100_000), 100);
        rig.destination.watch(vm -> vm.devices().orElseThrow().server().load(new Server()));
        rig.run();
        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text())
                .contains("client request", "before the end of the migration and never answered");
    }

    @Test
    void whatIsDoneTwiceIsFound() {
        DiskRequest request = new DiskRequest(0, true, 1, 1);
        watch.submitted(request);
        watch.applied(request);
        watch.applied(request);
        watch.completed(request);
        watch.completed(request);
        watch.asked(0, 0);
        watch.served(0, 1);
        watch.served(0, 2);
        watch.answered(0, 3);
        watch.answered(0, 4);
        assertThat(watch.verify())
                .isEqualTo(List.of(
                        "disk request 0 was carried out twice",
                        "disk request 0 was completed twice",
                        "client request 0 was served twice",
                        "client request 0 was answered twice"));
    }

    @Test
    void whatIsReportedAndWasNeverDoneIsFound() {
        DiskRequest request = new DiskRequest(0, true, 1, 1);
        watch.applied(request);
        watch.submitted(new DiskRequest(1, true, 1, 1));
        watch.completed(new DiskRequest(1, true, 1, 1));
        watch.asked(0, 0);
        watch.answered(0, 1);
        assertThat(watch.verify())
                .isEqualTo(List.of(
                        "disk request 0 was carried out and never made",
                        "disk request 1 was completed before it was carried out",
                        "client request 0 was answered before it was served"));
    }

    @Test
    void whatWasAskedBeforeTheEndMustBeReportedAndWhatCameLaterMayBeUnderWay() {
        watch.submitted(new DiskRequest(0, true, 1, 1));
        watch.migrationEnded();
        watch.submitted(new DiskRequest(1, true, 1, 1));
        assertThat(watch.verify())
                .isEqualTo(List.of("disk request 0 was made before the end of the migration and never completed"));
    }

    private Rig rig() {
        next = 0;
        return new Rig(PAGES, new RestartableWriter(100_000, () -> next++ % 300), agent, 50_000_000);
    }
}
