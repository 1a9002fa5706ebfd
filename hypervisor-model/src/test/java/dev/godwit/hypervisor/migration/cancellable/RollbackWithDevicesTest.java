package dev.godwit.hypervisor.migration.cancellable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.device.DeviceBoard;
import dev.godwit.hypervisor.device.InFlightPolicy;
import dev.godwit.hypervisor.device.VirtualDisk;
import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.machine.Surroundings;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.transport.Fault;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.trace.PageRuns;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What becomes of requests to the disk and of a client's when a VM falls back to a point, and what is found if it is not so. */
class RollbackWithDevicesTest {
    private static final int PAGES = 10_000;
    private static final long BANDWIDTH = 50_000_000;
    /** 10,000 pages take 0.82 s: points have arrived by then. */
    private static final long LOST_AT = 500_000_000;

    private static final int WRITES_PER_SECOND = 20_000;

    private int next;

    @Test
    void whatWasOpenAtThePointIsMadeAgainAndCompletedOnceUnderEitherPolicy() {
        for (InFlightPolicy policy : InFlightPolicy.values()) {
            Rig rig = rig(policy, LOST_AT);

            assertThat(rig.run().status()).isEqualTo(MigrationStatus.FAILED);

            assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
            assertThat(rig.statistics.fate()).isInstanceOf(VmFate.RolledBack.class);
            assertThat(rig.statistics.wayHome().orElseThrow().points()).isPositive();
            VirtualDisk disk = rig.source.devices().orElseThrow().disk();
            assertThat(disk.carriedOver()).isPositive();
            // Each 50 us another, in all that the guest remembers to have executed.
            long executed = rig.source.vcpu().programNanos();
            assertThat(disk.requests()).isBetween(executed / 50_000 - 1, executed / 50_000 + 1);
            assertThat(disk.completed() + VirtualDisk.QUEUE_SIZE).isGreaterThanOrEqualTo(disk.requests());
            assertThat(rig.verification.text()).contains("which the guest asks for again");
        }
    }

    @Test
    void aVmThatIsLostBeforeItsFirstPointGoesOnWithTheRequestsOfTheSwitch() {
        for (InFlightPolicy policy : InFlightPolicy.values()) {
            Rig rig = rig(policy, 60_000_000);

            rig.run();

            assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
            assertThat(rig.statistics.wayHome().orElseThrow().points()).isZero();
        }
    }

    @Test
    void aClientThatHadAnAnswerSinceThePointCannotGoOnAndTheCheckerSaysSo() {
        Rig rig = rig(InFlightPolicy.DRAIN, LOST_AT);

        rig.run();

        assertThat(rig.verification.text()).contains("so that their connection cannot go on");
        assertThat(rig.source.devices().orElseThrow().server().refused()).isPositive();
    }

    @Test
    void requestsThatAreForgottenAreFound() {
        assertFound(
                disk -> new VirtualDisk.State(disk.next(), disk.completed(), List.of(), disk.unreported()),
                "before the end of the migration and never completed");
    }

    @Test
    void requestsThatAreMadeTwiceAreFound() {
        assertFound(
                disk -> new VirtualDisk.State(
                        disk.next(),
                        disk.completed(),
                        List.of(disk.open().get(0), disk.open().get(0)),
                        disk.unreported()),
                "was carried out twice");
    }

    @Test
    void aDiskThatIsNotSetBackIsFound() {
        assertFound(
                disk -> new VirtualDisk.State(disk.next() + 1, disk.completed(), disk.open(), disk.unreported()),
                "and never stood still like that");
    }

    /** The VM falls back, and its disk is then made something else. */
    private void assertFound(UnaryOperator<VirtualDisk.State> wrong, String text) {
        Rig rig = rig(InFlightPolicy.CARRY_OVER, LOST_AT);
        whenBack(rig.source, board -> {
            DeviceBoard.State right = board.save();
            board.restore(
                    new DeviceBoard.State(wrong.apply(right.disk()), right.ring(), right.server(), right.driver()));
        });

        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains(text);
    }

    private static void whenBack(VirtualMachine vm, Consumer<DeviceBoard> does) {
        vm.watch(new VirtualMachine.Watcher() {
            @Override
            public void changed(VirtualMachine changed) {}

            @Override
            public void wentBack(VirtualMachine back) {
                does.accept(back.devices().orElseThrow());
            }
        });
    }

    private Rig rig(InFlightPolicy policy, long lostAtNanos) {
        next = 0;
        FakeAgent agent = new FakeAgent(
                GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
        Rig rig = new Rig(PAGES, new RestartableWriter(100_000, () -> 5000 + next++ % 300), agent, BANDWIDTH);
        rig.engines = CancellablePostCopyEngine::new;
        rig.furnish(Surroundings.Setting.asQemu(100_000).withInFlight(policy), WRITES_PER_SECOND);
        rig.faults(FaultPlan.of(Fault.destinationLost(lostAtNanos)));
        return rig;
    }
}
