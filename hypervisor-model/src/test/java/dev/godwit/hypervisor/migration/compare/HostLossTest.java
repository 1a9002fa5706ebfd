package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.WorstLoss;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.transport.Fault;
import dev.godwit.hypervisor.transport.FaultPlan;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Hosts and links that are lost in the middle of any technique: what becomes of the VM, and what a migration said of it before. */
class HostLossTest {
    private static final int SEEDS = 20;
    private static final int MOMENTS = 5;

    @Test
    void noLossIsWorseThanTheWorstAndOneAtTheWorstMomentIsJustThat() {
        for (Technique technique : Technique.ALL) {
            for (long seed = 0; seed < SEEDS; seed++) {
                Rig clean = run(technique, seed, FaultPlan.none());
                long end = clean.clock.nanos();
                WorstLoss worst = clean.statistics.worstLoss();
                SplittableRandom random = new RandomStreams(seed).stream("moments");
                for (int i = 0; i < MOMENTS; i++) {
                    long at = random.nextLong(end + 1);
                    check(technique, seed, at, Fault::destinationLost, worst.destinationHost(), false);
                    check(technique, seed, at, Fault::sourceLost, worst.sourceHost(), false);
                    check(technique, seed, at, Fault::linkCut, worst.worse(), false);
                }
                if (worst.destinationHost().kind() != Loss.Kind.NOTHING) {
                    long at = worst.destinationHost().atNanos();
                    check(technique, seed, at, Fault::destinationLost, worst.destinationHost(), true);
                }
                if (worst.sourceHost().kind() != Loss.Kind.NOTHING) {
                    long at = worst.sourceHost().atNanos();
                    check(technique, seed, at, Fault::sourceLost, worst.sourceHost(), true);
                }
            }
        }
    }

    private static void check(
            Technique technique, long seed, long atNanos, LongFunction<Fault> kind, Loss worst, boolean exactly) {
        Fault fault = kind.apply(atNanos);
        Rig rig = run(technique, seed, FaultPlan.of(fault));
        String what = technique + " seed " + seed + " " + fault + ": " + rig.statistics.fate();
        if (rig.source.isHostLost() && !leftTheSource(rig)) {
            assertThat(rig.statistics.fate()).as(what).isInstanceOf(VmFate.Lost.class);
            return;
        }
        Loss loss = lossOf(rig.statistics.fate());
        if (exactly) {
            assertThat(loss.kind()).as(what).isEqualTo(worst.kind());
            assertThat(loss.workNanos()).as(what).isEqualTo(worst.workNanos());
        } else {
            assertThat(worst.orWorse(loss)).as(what).isEqualTo(worst);
        }
    }

    private static boolean leftTheSource(Rig rig) {
        return rig.destination.vcpu().programNanos() > 0;
    }

    private static Loss lossOf(VmFate fate) {
        if (fate instanceof VmFate.RolledBack back) {
            return Loss.work(back.lostWorkNanos(), 0);
        }
        return fate.runs() ? Loss.NOTHING : Loss.vm(0);
    }

    private static Rig run(Technique technique, long seed, FaultPlan plan) {
        RandomGuest guest = new RandomGuest(seed);
        Rig rig = new Rig(RandomGuest.PAGES, guest, guest, 2_000_000 + guest.random.nextInt(100_000_000));
        rig.hints = technique.hints();
        TechniqueOptions options = TechniqueOptions.DEFAULT.withStayNanos(guest.random.nextInt(200_000_000));
        StorageCopies copies = guest.storage(rig);
        rig.engines = setting -> technique.engine(setting, options, copies);
        rig.faults(plan);
        Migration migration = rig.run();
        assertThat(rig.verification.passed())
                .as("%s seed %d %s: %s", technique, seed, plan, rig.verification.text())
                .isTrue();
        assertThat(migration.status().isTerminal()).isTrue();
        return rig;
    }

    @Test
    void aFaultBehindTheEndIsHarmless() {
        for (Technique technique : Technique.ALL) {
            long end = run(technique, 1, FaultPlan.none()).clock.nanos();
            Rig rig = run(
                    technique,
                    1,
                    FaultPlan.of(Fault.sourceLost(end + 1), Fault.destinationLost(end + 2), Fault.linkCut(end + 3)));

            rig.clock.advance(1_000_000);

            assertThat(rig.statistics.fate().runs()).as(technique.label()).isTrue();
            assertThat(rig.source.isRunning() || rig.destination.isRunning()).isTrue();
        }
    }

    @Test
    void aDestinationLostInTheRoundsLeavesTheVmAtTheSourceAndASourceTakesItAlong() {
        Technique technique = Technique.named("pre-copy").orElseThrow();
        long half = run(technique, 3, FaultPlan.none()).clock.nanos() / 2;

        Rig destination = run(technique, 3, FaultPlan.of(Fault.destinationLost(half)));
        Rig source = run(technique, 3, FaultPlan.of(Fault.sourceLost(half)));

        assertThat(destination.statistics.fate()).isEqualTo(new VmFate.RunsAtSource());
        assertThat(destination.source.isRunning()).isTrue();
        assertThat(destination.clock.nanos()).isEqualTo(half);
        assertThat(source.statistics.fate()).isEqualTo(new VmFate.Lost());
        assertThat(source.source.isRunning()).isFalse();
        assertThat(source.verification.text()).contains("lost");
    }

    @Test
    void aSlowLinkOnlyTakesLonger() {
        Technique technique = Technique.named("post-copy").orElseThrow();
        Rig fast = run(technique, 4, FaultPlan.none());
        Rig slow = run(technique, 4, FaultPlan.of(Fault.linkSlowed(fast.clock.nanos() / 4, 10)));

        assertThat(slow.statistics.fate()).isEqualTo(new VmFate.RunsAtDestination());
        assertThat(slow.clock.nanos()).isGreaterThan(4 * fast.clock.nanos());
    }
}
